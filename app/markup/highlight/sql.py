"""SQL, as its dialects share it."""

from typing import Final

from app.markup.highlight.grammar import (
    BLOCK_COMMENT,
    BLOCK_COMMENT_MODE,
    MAIN,
    NUMBER,
    WORD,
    Grammar,
    Kind,
    Mode,
    Region,
    Rule,
    words,
)

SQL: Final[Grammar] = {
    MAIN: Mode(
        (
            WORD,
            Rule(r"--.*", Kind.COMMENT),
            BLOCK_COMMENT,
            Rule("'", Kind.STRING, enters="string"),
            Rule(r'"[^"]*+"?|`[^`]*+`?', Kind.VARIABLE),
            Rule(r"\$((?:[^\W\d]\w*+)?)\$", Kind.STRING, region=Region.LITERAL, mark="${}$"),
            Rule(r"[@:$]\w++", Kind.VARIABLE),
            NUMBER,
        ),
        words=words(
            keyword="""add all alter analyze and any as asc begin between by cascade case cast check
            column commit constraint create cross current database declare default delete desc
            distinct do drop each else end escape except exec execute exists explain fetch filter
            for foreign from full function grant group having if ignore in index inner insert
            intersect interval into is join key language lateral left like ilike limit materialized
            merge natural not of offset on or order outer over partition plpgsql primary procedure
            recursive references rename replace returning returns revoke right rollback rows schema
            select set table temporary then to transaction trigger truncate union unique update
            using values view when where window with""",
            type="""bigint bigserial binary blob boolean bool bytea char date datetime decimal
            double float int integer json jsonb numeric real serial smallint text time timestamp
            timestamptz uuid varbinary varchar""",
            constant="true false null unknown current_date current_timestamp",
            function="avg coalesce count max min now sum",
        ),
        ignores_case=True,
    ),
    "string": Mode(
        (Rule("''", Kind.STRING), Rule("'", Kind.STRING, leaves=True)),
        Kind.STRING,
    ),
    "block comment": BLOCK_COMMENT_MODE,
}
