-- Texts, and values as text. Positions count characters from 1; an empty text is NULL.

CREATE OR REPLACE FUNCTION x_int(x double precision)
RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT trunc(greatest(least(coalesce(x, 0), 1e9), -1e9))::int
$$;

CREATE OR REPLACE FUNCTION x_left(t text, n double precision DEFAULT 1)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(left(t, greatest(x_int(n), 0)), '')
$$;

CREATE OR REPLACE FUNCTION x_right(t text, n double precision DEFAULT 1)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(right(t, greatest(x_int(n), 0)), '')
$$;

CREATE OR REPLACE FUNCTION x_mid(t text, place double precision, n double precision)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF x_int(place) < 1 OR x_int(n) <= 0 THEN RETURN NULL; END IF;
    RETURN nullif(substr(t, x_int(place), x_int(n)), '');
END $$;

CREATE OR REPLACE FUNCTION x_replace(t text, place double precision, n double precision, by text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    whole int := length(coalesce(t, ''));
    at int := x_int(place);
BEGIN
    IF at < 1 OR x_int(n) < 0 THEN RETURN NULL; END IF;
    at := least(at, whole + 1);
    RETURN nullif(concat(left(t, at - 1), by, substr(t, at + least(x_int(n), whole))), '');
END $$;

-- A result of more than a megabyte is blank; it is not even made.
CREATE OR REPLACE FUNCTION x_substitute(t text, old text, new text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE hits bigint;
BEGIN
    IF t IS NULL OR coalesce(old, '') = '' OR strpos(t, old) = 0 THEN RETURN t; END IF;
    hits := (octet_length(t) - octet_length(replace(t, old, ''))) / octet_length(old);
    IF octet_length(t) + hits * (octet_length(coalesce(new, '')) - octet_length(old))
        - octet_length(split_part(t, old, -1)) > 1048576 THEN RETURN NULL; END IF;
    RETURN nullif(replace(t, old, coalesce(new, '')), '');
END $$;

CREATE OR REPLACE FUNCTION x_split(t text, separator text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(array_remove(string_to_array(t, coalesce(separator, '')), ''), '{}')
$$;

-- Blanks are left out.
CREATE OR REPLACE FUNCTION x_join(list text[], separator text DEFAULT ', ')
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(array_to_string(list, coalesce(separator, '')), '')
$$;

CREATE OR REPLACE FUNCTION x_value(t text)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    s text := replace(x_trim(t), ',', '');
    n numeric;
BEGIN
    IF s !~ '^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$' OR s IS NULL THEN RETURN NULL; END IF;
    IF length(s) < 200 AND s !~ '[eE][+-]?[0-9]{3}' THEN RETURN s::double precision; END IF;
    IF length(s) > 10000 THEN RETURN NULL; END IF;
    IF s ~ '[eE]\+?0*[1-9][0-9]{4}' THEN RETURN NULL; END IF;
    IF s ~ '[eE]-0*[1-9][0-9]{3}' THEN RETURN 0; END IF;
    n := s::numeric;
    RETURN CASE WHEN abs(n) < 2.5e-324 THEN 0 WHEN abs(n) < 1.79769313486231575e308 THEN n::double precision END;
END $$;

-- ---- case and folding; the search key is what the program makes ----

CREATE OR REPLACE FUNCTION x_has(t text, piece text)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(strpos(tn_fold(t), nullif(tn_fold(piece), '')) > 0, FALSE)
$$;

CREATE OR REPLACE FUNCTION x_starts_with(t text, piece text)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(starts_with(tn_fold(t), nullif(tn_fold(piece), '')), FALSE)
$$;

-- Folding may change the length, so each place of the original is tried by itself.
CREATE OR REPLACE FUNCTION x_search(piece text, t text)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    what text := nullif(tn_fold(piece), '');
    room int := length(what) * 3 + 8;
BEGIN
    IF what IS NULL OR t IS NULL OR octet_length(t) > 1048576 THEN RETURN NULL; END IF;
    FOR i IN 1 .. length(t) LOOP
        IF ascii(substr(t, i, 1)) > 32 AND starts_with(tn_fold(substr(t, i, room)), what) THEN
            RETURN i;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- ---- values as text ----

-- 15 digits as %.15g writes them.
CREATE OR REPLACE FUNCTION x_show(x double precision)
RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF x = 0 THEN RETURN '0'; END IF;
    IF abs(x) >= 1e-4 AND abs(x) < 999999999999999.5 THEN RETURN trim_scale(x::numeric)::text; END IF;
    RETURN regexp_replace(trim(to_char(x, '9.99999999999999EEEE')), '\.?0*e', 'e');
END $$;

CREATE OR REPLACE FUNCTION x_show(d date)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_char(d::timestamp, 'YYYY-MM-DD')
$$;

CREATE OR REPLACE FUNCTION x_show(t time)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_char(t, CASE WHEN extract(second FROM t) >= 1 THEN 'HH24:MI:SS' ELSE 'HH24:MI' END)
$$;

CREATE OR REPLACE FUNCTION x_show(at timestamptz, zone text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_char(at AT TIME ZONE zone, CASE WHEN extract(second FROM at AT TIME ZONE zone) >= 1
        THEN 'YYYY-MM-DD HH24:MI:SS' ELSE 'YYYY-MM-DD HH24:MI' END)
$$;

CREATE OR REPLACE FUNCTION x_show(list numeric[], scale int)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(round(v, scale)::text ORDER BY n) FROM unnest(list) WITH ORDINALITY AS u(v, n)
$$;

CREATE OR REPLACE FUNCTION x_show(list double precision[])
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(x_show(v) ORDER BY n) FROM unnest(list) WITH ORDINALITY AS u(v, n)
$$;

CREATE OR REPLACE FUNCTION x_show(list date[])
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(x_show(v) ORDER BY n) FROM unnest(list) WITH ORDINALITY AS u(v, n)
$$;

CREATE OR REPLACE FUNCTION x_show(list time[])
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(x_show(v) ORDER BY n) FROM unnest(list) WITH ORDINALITY AS u(v, n)
$$;

CREATE OR REPLACE FUNCTION x_show(list timestamptz[], zone text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(x_show(v, zone) ORDER BY n) FROM unnest(list) WITH ORDINALITY AS u(v, n)
$$;

-- ---- formats ----

CREATE OR REPLACE FUNCTION x_format_digits(r numeric, head text, shape text, tail text)
RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    least_ int := length(replace(replace(split_part(shape, '.', 1), '#', ''), ',', ''));
    after text := translate(substr(shape, strpos(shape || '.', '.')), '.,', '');
    fixed int := length(rtrim(after, '#'));
    whole text := split_part(abs(r)::text, '.', 1);
    part text := split_part(abs(r)::text, '.', 2);
BEGIN
    part := left(part, fixed) || rtrim(substr(part, fixed + 1), '0');
    IF whole = '0' AND least_ = 0 THEN whole := ''; END IF;
    IF length(whole) < least_ THEN whole := lpad(whole, least_, '0'); END IF;
    IF strpos(shape, ',') > 0 THEN
        whole := reverse(regexp_replace(reverse(whole), '(\d{3})(?=\d)', '\1,', 'g'));
    END IF;
    RETURN nullif(concat(head, CASE WHEN r < 0 THEN '-' END, whole, CASE WHEN part <> '' THEN '.' || part END, tail), '');
END $$;

-- The number as `exact` or `computed`; `shown` is its plain text.
CREATE OR REPLACE FUNCTION x_format(exact numeric, computed double precision, shown text, format text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    m text[] := regexp_match(format, '^([^0#]*)([0#][0#,.]*)(.*)$');
    digits int := length(translate(substr(m[2], strpos(m[2] || '.', '.')), '.,', ''));
    r numeric;
BEGIN
    IF shown IS NULL OR m IS NULL OR digits > 9
        OR length(translate(split_part(m[2], '.', 1), '#,', '')) > 15 THEN RETURN shown; END IF;
    IF strpos(format, '%') > 0 THEN
        r := x_dec(x_mul(coalesce(computed, exact::double precision), 100), digits);
    ELSIF computed IS NOT NULL THEN
        r := x_dec(computed, digits);
    ELSE
        r := x_whole(round(exact, digits));
    END IF;
    RETURN x_format_digits(r, m[1], m[2], m[3]);
END $$;

-- y m d h s runs; m means minutes behind h or before s.
CREATE OR REPLACE FUNCTION x_format(at timestamp, format text)
RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    out text := '';
    rest text := format;
    run text;
    k text;
    n int;
    after_hour boolean := FALSE;
BEGIN
    WHILE rest <> '' LOOP
        k := lower(left(rest, 1) COLLATE "C");
        n := length(rest) - length(ltrim(rest, k || upper(k COLLATE "C")));
        run := left(rest, n);
        rest := substr(rest, n + 1);
        out := out || CASE k
            WHEN 'y' THEN CASE WHEN n <= 2 THEN to_char(at, 'YY') ELSE to_char(at, 'YYYY') END
            WHEN 'm' THEN CASE WHEN after_hour OR lower(substring(rest FROM '[A-Za-z]') COLLATE "C") = 's'
                THEN to_char(at, CASE WHEN n > 1 THEN 'MI' ELSE 'FMMI' END)
                ELSE to_char(at, CASE WHEN n > 1 THEN 'MM' ELSE 'FMMM' END) END
            WHEN 'd' THEN to_char(at, CASE WHEN n > 1 THEN 'DD' ELSE 'FMDD' END)
            WHEN 'h' THEN to_char(at, CASE WHEN n > 1 THEN 'HH24' ELSE 'FMHH24' END)
            WHEN 's' THEN to_char(at, CASE WHEN n > 1 THEN 'SS' ELSE 'FMSS' END)
            ELSE run END;
        IF k ~ '^[a-z]$' COLLATE "C" THEN after_hour := k = 'h'; END IF;
    END LOOP;
    RETURN nullif(out, '');
END $$;

-- ---- amounts in Chinese capital figures ----

CREATE OR REPLACE FUNCTION x_rmb_upper(amount double precision)
RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    fen numeric := x_dec(amount, 2) * 100;
    yuan bigint;
    digit text[] := '{零,壹,贰,叁,肆,伍,陆,柒,捌,玖}';
    unit text[] := '{仟,佰,拾,""}';
    big text[] := '{兆,亿,万,元}';
    out text := '';
    part int;
    d int;
    gap boolean := FALSE;
    filled boolean := FALSE;
BEGIN
    IF fen IS NULL OR abs(fen) >= 10000000000000000 THEN RETURN NULL; END IF;
    IF fen < 0 THEN out := '负'; END IF;
    yuan := trunc(abs(fen) / 100);
    FOR i IN 1 .. 4 LOOP
        part := yuan / (10000::numeric ^ (4 - i))::bigint % 10000;
        FOR j IN 1 .. 4 LOOP
            EXIT WHEN part = 0;
            d := part / (10 ^ (4 - j))::int % 10;
            IF d = 0 THEN
                gap := TRUE;
            ELSE
                out := concat(out, CASE WHEN gap AND filled THEN '零' END, digit[d + 1], unit[j]);
                gap := FALSE;
                filled := TRUE;
            END IF;
        END LOOP;
        gap := gap OR part = 0 AND filled;
        IF part > 0 OR i = 4 AND filled THEN out := out || big[i]; END IF;
    END LOOP;
    part := abs(fen) % 100;
    IF part = 0 THEN RETURN out || CASE WHEN filled THEN '整' ELSE '零元整' END; END IF;
    IF part >= 10 THEN out := out || digit[part / 10 + 1] || '角';
    ELSIF filled THEN out := out || '零'; END IF;
    RETURN out || CASE WHEN part % 10 > 0 THEN digit[part % 10 + 1] || '分' ELSE '整' END;
END $$;
