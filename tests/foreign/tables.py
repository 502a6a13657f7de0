"""All tables of foreign alerts."""

from tests.foreign import other_rows, pickmytrade_rows, traderspost_rows, unheard_rows

ROWS = [*traderspost_rows.ROWS, *pickmytrade_rows.ROWS, *other_rows.ROWS, *unheard_rows.ROWS]
