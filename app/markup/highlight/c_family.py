"""Languages with braces and C's tokens: C, C++, Java, C#, Go, Rust, Kotlin, Swift, PHP."""

from typing import Final

from app.markup.highlight.grammar import (
    BLOCK_COMMENT,
    BLOCK_COMMENT_MODE,
    DOUBLE_QUOTED,
    HASH_COMMENT,
    MAIN,
    NUMBER,
    SINGLE_QUOTED,
    SLASH_COMMENT,
    WORD,
    Grammar,
    Kind,
    Mode,
    Region,
    Rule,
    string_until,
    words,
)

_FLOW: Final = (
    "break case catch continue default do else finally for if return switch throw try while"
)
_TRIPLE: Final = Rule('"""', Kind.STRING, enters="triple")
_ANNOTATION: Final = Rule(r"@[^\W\d]\w*+", Kind.META)
_COMMENTS: Final = (SLASH_COMMENT, BLOCK_COMMENT)
_NESTED_COMMENT_MODE: Final = Mode(
    (BLOCK_COMMENT, *BLOCK_COMMENT_MODE.rules),
    Kind.COMMENT,
)


def _main(kinds: dict[str, Kind], *special: Rule, quotes: bool = True) -> Mode:
    """Return the mode of a language that has these words and, tried first, these rules."""
    quoted = (DOUBLE_QUOTED, SINGLE_QUOTED) if quotes else ()
    rules = (*special, WORD, *_COMMENTS, *quoted, NUMBER)
    return Mode(rules, words=kinds, capitals_are_types=True)


_C_WORDS: Final = words(
    keyword=f"""{_FLOW} auto const constexpr enum extern goto inline register restrict sizeof static
    struct typedef union volatile _Alignas _Atomic _Generic _Static_assert""",
    type="""bool char double float int long short signed unsigned void size_t ssize_t ptrdiff_t
    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t FILE wchar_t""",
    constant="NULL true false stdin stdout stderr EOF nullptr",
)
_CPP_WORDS: Final = _C_WORDS | words(
    keyword="""alignas alignof and asm class co_await co_return co_yield concept const_cast
    consteval constinit decltype delete dynamic_cast explicit export final friend import module
    mutable namespace new noexcept not operator or override private protected public
    reinterpret_cast requires static_assert static_cast template thread_local typeid typename
    using virtual""",
    constant="this",
    type="string vector map set pair tuple optional unique_ptr shared_ptr",
)
_DIRECTIVES: Final = (
    Rule(r"^\s*+#\s*+(?:include|import)\s*+<[^>]*+>?", Kind.META),
    Rule(r"^\s*+#\s*+\w++", Kind.META),
)
_CPP_RAW: Final = Rule(
    r'(?:u8|[uUL])?R"([^()\\\s"]{0,16})\(', Kind.STRING, region=Region.LITERAL, mark='){}"'
)
C: Final[Grammar] = {MAIN: _main(_C_WORDS, *_DIRECTIVES), "block comment": BLOCK_COMMENT_MODE}
CPP: Final[Grammar] = {
    MAIN: _main(_CPP_WORDS, *_DIRECTIVES, _CPP_RAW),
    "block comment": BLOCK_COMMENT_MODE,
}

JAVA: Final[Grammar] = {
    MAIN: _main(
        words(
            keyword=f"""{_FLOW} abstract assert class enum exports extends final implements import
            instanceof interface module native new package permits private protected public record
            requires sealed static strictfp super synchronized this throws transient var volatile
            yield""",
            type="boolean byte char double float int long short void",
            constant="null true false",
        ),
        _ANNOTATION,
        _TRIPLE,
    ),
    "triple": string_until('"""'),
    "block comment": BLOCK_COMMENT_MODE,
}

CSHARP: Final[Grammar] = {
    MAIN: _main(
        words(
            keyword=f"""{_FLOW} abstract as async await base checked class const delegate enum
            event explicit extern fixed foreach get global goto implicit in init interface
            internal is lock namespace new nameof operator out override params partial private
            protected public readonly record ref required sealed set sizeof stackalloc static
            struct this typeof unchecked unsafe using var virtual volatile when where with
            yield""",
            type="""bool byte char decimal double dynamic float int long nint nuint object sbyte
            short string uint ulong ushort void""",
            constant="null true false",
        ),
        *_DIRECTIVES,
        _TRIPLE,
        Rule(r'\$?@\$?"', Kind.STRING, enters="verbatim"),
        Rule(r'\$"(?:[^"\\]++|\\.)*+"?', Kind.STRING),
    ),
    "triple": string_until('"""', escapes=False),
    "verbatim": Mode(
        (Rule('""', Kind.STRING), Rule('"', Kind.STRING, leaves=True)),
        Kind.STRING,
    ),
    "block comment": BLOCK_COMMENT_MODE,
}

GO: Final[Grammar] = {
    MAIN: _main(
        words(
            keyword="""break case chan const continue default defer else fallthrough for func go
            goto if import interface map package range return select struct switch type var""",
            type="""any bool byte comparable complex64 complex128 error float32 float64 int int8
            int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr""",
            constant="true false nil iota",
        ),
        Rule("`", Kind.STRING, enters="raw"),
    ),
    "raw": string_until("`", escapes=False),
    "block comment": BLOCK_COMMENT_MODE,
}

RUST: Final[Grammar] = {
    MAIN: _main(
        words(
            keyword="""as async await break const continue crate dyn else enum extern fn for if
            impl in let loop match mod move mut pub ref return static struct super trait type
            union unsafe use where while""",
            type="""bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize""",
            constant="true false None Some Ok Err self Self",
        ),
        Rule(r'b?r(#{0,16})"', Kind.STRING, region=Region.LITERAL, mark='"{}'),
        Rule('b?"', Kind.STRING, enters="string"),
        Rule(r"b?'(?:[^'\\]|\\(?:u\{\w*+\}|x\w\w|.))'", Kind.STRING),
        Rule(r"'[^\W\d]\w*+", Kind.VARIABLE),
        Rule(r"#!?\[[^\]]*+\]?", Kind.META),
        Rule(r"[^\W\d]\w*+!(?!=)", Kind.FUNCTION),
        quotes=False,
    ),
    "string": string_until('"'),
    "block comment": _NESTED_COMMENT_MODE,
}

KOTLIN: Final[Grammar] = {
    MAIN: _main(
        words(
            keyword=f"""{_FLOW} abstract actual annotation as by class companion constructor
            crossinline data enum expect external final fun get import in infix init inline inner
            interface internal is lateinit noinline object open operator out override package
            private protected public reified sealed set super suspend this typealias val var vararg
            when where""",
            constant="null true false",
        ),
        _ANNOTATION,
        _TRIPLE,
    ),
    "triple": string_until('"""', escapes=False),
    "block comment": _NESTED_COMMENT_MODE,
}

SWIFT: Final[Grammar] = {
    MAIN: _main(
        words(
            keyword=f"""{_FLOW} actor any as associatedtype async await class convenience defer
            deinit enum extension fallthrough fileprivate final func get guard import in init inout
            internal is lazy let mutating nonisolated open operator override private protocol
            public repeat rethrows set some static struct subscript super throws typealias unowned
            var weak where""",
            constant="nil true false self Self",
        ),
        _ANNOTATION,
        Rule(r"#[^\W\d]\w*+", Kind.META),
        _TRIPLE,
    ),
    "triple": string_until('"""'),
    "block comment": _NESTED_COMMENT_MODE,
}

PHP: Final[Grammar] = {
    MAIN: _main(
        words(
            keyword=f"""{_FLOW} abstract and as class clone const declare echo elseif empty
            endforeach endif endwhile enum extends final fn foreach function global implements
            include include_once instanceof insteadof interface isset list match namespace new or
            print private protected public readonly require require_once static trait unset use
            var xor yield""",
            type="array bool callable float int iterable mixed never object string void self",
            constant="null true false NULL TRUE FALSE",
        ),
        Rule(r"<\?(?:php|=)?|\?>", Kind.META),
        Rule(r"\$[^\W\d]\w*+", Kind.VARIABLE),
        Rule(r"#\[[^\]]*+\]?", Kind.META),
        HASH_COMMENT,
        Rule(r"<<<[\"']?([^\W\d]\w*+)[\"']?", Kind.META, region=Region.LINE),
    ),
    "block comment": BLOCK_COMMENT_MODE,
}
