"""The commands that stand for one character, by what the character does."""

from typing import Final


def _pairs(text: str) -> dict[str, str]:
    parts = text.split()
    return dict(zip(parts[::2], parts[1::2], strict=True))


# Letters: written in the alphabet that is set.
LETTERS: Final = _pairs(
    """alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
    varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω digamma ϝ Gamma Γ Delta Δ Theta Θ
    Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω partial ∂ ell ℓ imath ı jmath ȷ"""
)
# Signs that are things, upright.
SIGNS: Final = _pairs(
    """infty ∞ nabla ∇ hbar ℏ hslash ℏ wp ℘ Re ℜ Im ℑ aleph ℵ beth ℶ gimel ℷ daleth ℸ emptyset ∅
    varnothing ∅ top ⊤ bot ⊥ angle ∠ measuredangle ∡ sphericalangle ∢ triangle △ square □ Box □
    blacksquare ■ Diamond ◇ lozenge ◊ blacklozenge ⧫ bigstar ★ blacktriangle ▲ clubsuit ♣
    diamondsuit ♢ heartsuit ♡ spadesuit ♠ flat ♭ natural ♮ sharp ♯ complement ∁ eth ð mho ℧ degree °
    prime ′ backprime ‵ checkmark ✓ S § P ¶ copyright © pounds £ yen ¥ euro € surd √ Finv Ⅎ
    R ℝ N ℕ Z ℤ Q ℚ C ℂ ldots … dots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮
    ddots ⋱ iddots ⋰ % % $ $ # # & & _ _ textdegree ° textbackslash \\ AA Å"""
)
# Operators, relations and arrows; MathML knows the space around each.
OPERATORS: Final = _pairs(
    """pm ± mp ∓ times × div ÷ cdot ⋅ centerdot ⋅ ast ∗ star ⋆ circ ∘ bullet ∙ oplus ⊕ ominus ⊖
    otimes ⊗ oslash ⊘ odot ⊙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧
    setminus ∖ smallsetminus ∖ wr ≀ amalg ⨿ dagger † dag † ddagger ‡ ddag ‡ triangleleft ◁
    triangleright ▷ bigtriangleup △ bigtriangledown ▽ bigcirc ◯ diamond ⋄ ltimes ⋉ rtimes ⋊
    boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡ barwedge ⊼ veebar ⊻ curlyvee ⋎ curlywedge ⋏
    intercal ⊺ divideontimes ⋇ dotplus ∔ leftthreetimes ⋋ rightthreetimes ⋌ circledast ⊛
    circledcirc ⊚ circleddash ⊝ neg ¬ lnot ¬ forall ∀ exists ∃ nexists ∄
    leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ lt < gt > equiv ≡ sim ∼ simeq ≃ approx ≈ approxeq ≊ cong ≅
    propto ∝ varpropto ∝ ll ≪ gg ≫ lll ⋘ ggg ⋙ prec ≺ succ ≻ preceq ⪯ succeq ⪰ preccurlyeq ≼
    succcurlyeq ≽ leqslant ⩽ geqslant ⩾ leqq ≦ geqq ≧ lesssim ≲ gtrsim ≳ lessgtr ≶ gtrless ≷
    lessapprox ⪅ gtrapprox ⪆ lneq ⪇ gneq ⪈ lneqq ≨ gneqq ≩ doteq ≐ doteqdot ≑ triangleq ≜
    coloneqq ≔ coloneq ≔ eqqcolon ≕ asymp ≍ bowtie ⋈ Join ⋈ models ⊨ vdash ⊢ dashv ⊣ vDash ⊨
    Vdash ⊩ nvdash ⊬ nvDash ⊭ mid ∣ nmid ∤ parallel ∥ nparallel ∦ perp ⊥ in ∈ ni ∋ owns ∋ notin ∉
    subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈ nsupseteq ⊉
    subseteqq ⫅ supseteqq ⫆ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ Subset ⋐ Supset ⋑
    smile ⌣ frown ⌢ between ≬ therefore ∴ because ∵ vartriangleleft ⊲ vartriangleright ⊳ lhd ⊲
    rhd ⊳ trianglelefteq ⊴ trianglerighteq ⊵ unlhd ⊴ unrhd ⊵ nleq ≰ ngeq ≱ nless ≮ ngtr ≯ nsim ≁
    ncong ≇ nprec ⊀ nsucc ⊁ thicksim ∼ thickapprox ≈ backsim ∽ risingdotseq ≓ fallingdotseq ≒
    circeq ≗ bumpeq ≏ Bumpeq ≎ multimap ⊸
    leftarrow ← gets ← rightarrow → to → leftrightarrow ↔ Leftarrow ⇐ Rightarrow ⇒
    Leftrightarrow ⇔ longleftarrow ⟵ longrightarrow ⟶ longleftrightarrow ⟷ Longleftarrow ⟸
    Longrightarrow ⟹ implies ⟹ impliedby ⟸ Longleftrightarrow ⟺ iff ⟺ mapsto ↦ longmapsto ⟼
    hookleftarrow ↩ hookrightarrow ↪ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ leftharpoonup ↼
    leftharpoondown ↽ rightharpoonup ⇀ rightharpoondown ⇁ rightleftharpoons ⇌ leftrightharpoons ⇋
    leftrightarrows ⇆ rightleftarrows ⇄ leftleftarrows ⇇ rightrightarrows ⇉ leadsto ⇝
    rightsquigarrow ⇝ leftrightsquigarrow ↭ twoheadrightarrow ↠ twoheadleftarrow ↞
    rightarrowtail ↣ leftarrowtail ↢ dashrightarrow ⇢ dashleftarrow ⇠ curvearrowleft ↶
    curvearrowright ↷ circlearrowleft ↺ circlearrowright ↻ nleftarrow ↚ nrightarrow ↛
    nLeftarrow ⇍ nRightarrow ⇏ nLeftrightarrow ⇎ nleftrightarrow ↮ Lleftarrow ⇚ Rrightarrow ⇛
    upuparrows ⇈ downdownarrows ⇊ upharpoonright ↾ restriction ↾ upharpoonleft ↿ colon :"""
)
# Operators whose limits stand above and below where there is room.
LARGE: Final = _pairs(
    """sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂
    bigodot ⨀ biguplus ⨄ bigsqcup ⨆"""
)
INTEGRALS: Final = _pairs("int ∫ iint ∬ iiint ∭ iiiint ⨌ oint ∮ oiint ∯ oiiint ∰")
# Brackets, and what may stand for one after \left or \big.
BRACKETS: Final = _pairs(
    """{ { } } lbrace { rbrace } lbrack [ rbrack ] langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈
    rceil ⌉ lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖ | ‖ lgroup ⟮ rgroup ⟯ lmoustache ⎰
    rmoustache ⎱ ulcorner ⌜ urcorner ⌝ llcorner ⌞ lrcorner ⌟ backslash \\ uparrow ↑ downarrow ↓
    updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕"""
)
BRACKET_CHARACTERS: Final = {
    **{character: character for character in "()[]/|"}, "<": "⟨", ">": "⟩", ".": ""
}  # fmt: skip
OPENING: Final = frozenset("([{⟨⌊⌈⟮⎰⌜⌞")

# Names that are set upright, and those of them whose limits stand below.
FUNCTIONS: Final = frozenset(
    """sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh coth sech csch log ln lg
    exp ker dim deg arg hom sgn""".split()  # noqa: SIM905
)
LIMIT_FUNCTIONS: Final = {
    **{name: name for name in ("lim", "max", "min", "sup", "inf", "det", "gcd", "Pr")},
    "limsup": "lim sup",
    "liminf": "lim inf",
    "argmax": "arg max",
    "argmin": "arg min",
    "plim": "plim",
}
SPACES: Final = {
    ",": "0.1667em", "thinspace": "0.1667em", ":": "0.2222em", ">": "0.2222em",
    "medspace": "0.2222em", ";": "0.2778em", "thickspace": "0.2778em", "!": "-0.1667em",
    "negthinspace": "-0.1667em", "negmedspace": "-0.2222em", "negthickspace": "-0.2778em",
    " ": "0.25em", "~": "0.25em", "space": "0.25em", "nobreakspace": "0.25em", "enspace": "0.5em",
    "quad": "1em", "qquad": "2em", "\n": "0.25em",
}  # fmt: skip
# Typed characters that are operators, as TeX shows them.
TYPED: Final = {
    **{character: character for character in "+=<>:!?/.,;"}, "-": "−", "*": "∗", "`": "‘"
}  # fmt: skip
