-- Numbers, durations and lists. Computed numbers are double precision, stored ones numeric;
-- what would not be finite is NULL, never an error. A list is an array, NULL when it is empty.
-- A duration that is no column's is its text, such as 2bd.

-- A product or quotient whose sides nobody knows; log 10 tells before the server raises.
CREATE OR REPLACE FUNCTION x_mul(a double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF a = 0 OR b = 0 OR log(abs(a)) + log(abs(b)) < -323.3 THEN RETURN 0; END IF;
    IF log(abs(a)) + log(abs(b)) > 308.2547 THEN RETURN NULL; END IF;
    RETURN a * b;
END $$;

CREATE OR REPLACE FUNCTION x_div(a double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF b = 0 THEN RETURN NULL; END IF;
    IF a = 0 OR log(abs(a)) - log(abs(b)) < -323.3 THEN RETURN 0; END IF;
    IF log(abs(a)) - log(abs(b)) > 308.2547 THEN RETURN NULL; END IF;
    RETURN a / b;
END $$;

CREATE OR REPLACE FUNCTION x_add(a double precision, b double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(a / 2 + b / 2) < 8.988e307 THEN a + b END
$$;

-- The remainder is exact: multiples of b by powers of two are taken off.
CREATE OR REPLACE FUNCTION x_mod(a double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    r double precision := abs(a);
    d double precision := abs(b);
    t double precision := d;
BEGIN
    IF b = 0 THEN RETURN NULL; END IF;
    IF r < 9e15 AND d < 9e15 AND r = trunc(r) AND d = trunc(d) THEN
        r := mod(r::bigint, d::bigint);
    ELSE
        WHILE t <= r / 2 LOOP t := t * 2; END LOOP;
        WHILE t >= d LOOP
            IF r >= t THEN r := r - t; END IF;
            t := t / 2;
        END LOOP;
    END IF;
    IF r <> 0 AND (a < 0) <> (b < 0) THEN r := d - r; END IF;
    RETURN CASE WHEN b < 0 THEN -r ELSE r END;
END $$;

CREATE OR REPLACE FUNCTION x_power(a double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF a = 0 AND b < 0 OR a < 0 AND b <> trunc(b) THEN RETURN NULL; END IF;
    IF a <> 0 AND b * ln(abs(a)) > 709.7 THEN RETURN NULL; END IF;
    IF a <> 0 AND b * ln(abs(a)) < -744 THEN RETURN 0; END IF;
    RETURN power(a, b)::numeric::double precision;
END $$;

-- Every digit of a double.
CREATE OR REPLACE FUNCTION x_exact(x double precision)
RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    bits bigint := ('x' || encode(float8send(abs(x)), 'hex'))::bit(64)::bigint;
    e int := (bits >> 52)::int - 1075;
    m numeric := (bits & 4503599627370495) + 4503599627370496;
BEGIN
    IF e >= 0 THEN RETURN trunc(sign(x)::numeric * m * 2::numeric ^ e); END IF;
    RETURN sign(x)::numeric * m * trunc(5::numeric ^ -e) * ('1e' || e)::numeric;
END $$;

-- Rounded half away from zero after 15 significant digits; a cast to numeric keeps so many.
CREATE OR REPLACE FUNCTION x_dec(x double precision, scale int)
RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE r numeric;
BEGIN
    IF abs(x) < 10::double precision ^ (14 - scale) THEN RETURN round(x::numeric, scale); END IF;
    IF abs(x) > 1e19 THEN RETURN NULL; END IF;
    r := round(x_exact(x), scale);
    RETURN CASE WHEN abs(r) <= ('9223372036854775807e-' || scale)::numeric THEN r END;
END $$;

CREATE OR REPLACE FUNCTION x_dec(x numeric, scale int)
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT round(x, scale) $$;

CREATE OR REPLACE FUNCTION x_round(x double precision, digits double precision DEFAULT 0)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE n int := trunc(greatest(least(digits, 400), -400));
BEGIN
    IF n > 300 OR x = 0 THEN RETURN x; END IF;
    IF n < -300 THEN RETURN 0; END IF;
    IF n > -290 AND abs(x) >= 10::double precision ^ (14 - n) THEN RETURN x; END IF;
    IF abs(x) < 1e15 THEN RETURN round(x::numeric, n)::double precision; END IF;
    RETURN round(round(x_exact(x), 14 - floor(log(abs(x)))::int), n)::double precision;
END $$;

CREATE OR REPLACE FUNCTION tn_round(x double precision, digits int)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT x_round(x, digits) $$;

-- 15 digits first: 0.3 / 0.1 is 3 steps.
CREATE OR REPLACE FUNCTION x_settled(x double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(x) <= 1.79769313486231e308 THEN x::numeric::double precision END
$$;

CREATE OR REPLACE FUNCTION x_floor(x double precision, step double precision DEFAULT 1)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_settled(x_mul(floor(x_settled(x_div(x, step))), step))
$$;

CREATE OR REPLACE FUNCTION x_ceiling(x double precision, step double precision DEFAULT 1)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_settled(x_mul(ceil(x_settled(x_div(x, step))), step))
$$;

CREATE OR REPLACE FUNCTION x_sqrt(x double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN x >= 0 THEN sqrt(x) END
$$;

-- ---- durations ----

CREATE OR REPLACE FUNCTION x_seconds(d text)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT rtrim(d, 'smhdwb')::bigint * CASE ltrim(d, '-0123456789')
        WHEN 's' THEN 1 WHEN 'm' THEN 60 WHEN 'h' THEN 3600 WHEN 'bh' THEN 3600
        WHEN 'w' THEN 604800 ELSE 86400 END
$$;

CREATE OR REPLACE FUNCTION x_seconds(d text[])
RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(x_seconds(v) ORDER BY n) FROM unnest(d) WITH ORDINALITY AS u(v, n)
$$;

-- Stored seconds in the largest unit that holds them whole.
CREATE OR REPLACE FUNCTION x_span(s bigint)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN s = 0 THEN '0m' WHEN s % 86400 = 0 THEN s / 86400 || 'd'
        WHEN s % 3600 = 0 THEN s / 3600 || 'h' WHEN s % 60 = 0 THEN s / 60 || 'm'
        ELSE s || 's' END
$$;

CREATE OR REPLACE FUNCTION x_spanned(s double precision)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(s) <= 1e12 THEN x_dec(s, 0)::bigint || 's' END
$$;

CREATE OR REPLACE FUNCTION x_less(d text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN d ~ '^-' THEN substr(d, 2) WHEN d ~ '^0' THEN d ELSE '-' || d END
$$;

-- ---- totals ----

-- A sum that a scaled integer of 64 bits does not hold is blank.
CREATE OR REPLACE FUNCTION x_whole(s numeric)
RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF abs(s) < 9e9 THEN RETURN s; END IF;
    RETURN CASE WHEN s BETWEEN ('-9223372036854775808e-' || scale(s))::numeric
        AND ('9223372036854775807e-' || scale(s))::numeric THEN s END;
END $$;

-- Infinity stays to the end, where it becomes blank.
CREATE OR REPLACE FUNCTION x_real_step(a double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF abs(a) < 8e307 AND abs(b) < 8e307 THEN RETURN a + b; END IF;
    RETURN coalesce(x_add(a, b), 'Infinity');
END $$;

CREATE OR REPLACE FUNCTION x_finite(s double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(s) < 'Infinity' THEN s END
$$;

CREATE OR REPLACE AGGREGATE tn_sum(numeric) (sfunc = numeric_add, stype = numeric,
    initcond = '0', finalfunc = x_whole, combinefunc = numeric_add, msfunc = numeric_add,
    minvfunc = numeric_sub, mstype = numeric, minitcond = '0', mfinalfunc = x_whole,
    parallel = safe);
CREATE OR REPLACE AGGREGATE tn_sum(bigint) (sfunc = int8_sum, stype = numeric,
    initcond = '0', finalfunc = x_whole, combinefunc = numeric_add, parallel = safe);
CREATE OR REPLACE AGGREGATE tn_sum(double precision) (sfunc = x_real_step,
    stype = double precision, initcond = '0', finalfunc = x_finite, parallel = safe);

CREATE OR REPLACE FUNCTION x_sum(whole numeric[])
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT tn_sum(v) FROM unnest(whole) AS u(v)
$$;

-- Exact ones are added by themselves, however many computed ones are among them.
CREATE OR REPLACE FUNCTION x_sum(whole numeric[], computed double precision[])
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (SELECT tn_sum(v) FROM unnest(computed) AS u(v))
        + (SELECT coalesce(sum(v), 0)::double precision FROM unnest(whole) AS u(v))
$$;

CREATE OR REPLACE FUNCTION x_sum(spans text[])
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_whole(coalesce(sum(x_seconds(v)), 0)) || 's' FROM unnest(spans) AS u(v)
$$;

CREATE OR REPLACE FUNCTION x_average(whole numeric[])
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT tn_sum(v)::double precision / nullif(count(v), 0) FROM unnest(whole) AS u(v)
$$;

CREATE OR REPLACE FUNCTION x_average(whole numeric[], computed double precision[])
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_sum(whole, computed)
        / nullif(coalesce(num_nonnulls(VARIADIC whole), 0) + coalesce(num_nonnulls(VARIADIC computed), 0), 0)
$$;

CREATE OR REPLACE FUNCTION x_average(spans text[])
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT x_spanned(x_whole(sum(x_seconds(v)))::double precision / count(v)) FROM unnest(spans) AS u(v)
$$;

-- The k-th from the least, or from the greatest.
CREATE OR REPLACE FUNCTION x_small(list anyarray, k double precision)
RETURNS anyelement LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT v FROM unnest(list) AS u(v) WHERE v IS NOT NULL AND k >= 1 ORDER BY v
        LIMIT 1 OFFSET CASE WHEN k BETWEEN 1 AND 1e9 THEN trunc(k)::int - 1 ELSE 1000000000 END
$$;

CREATE OR REPLACE FUNCTION x_large(list anyarray, k double precision)
RETURNS anyelement LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT v FROM unnest(list) AS u(v) WHERE v IS NOT NULL AND k >= 1 ORDER BY v DESC
        LIMIT 1 OFFSET CASE WHEN k BETWEEN 1 AND 1e9 THEN trunc(k)::int - 1 ELSE 1000000000 END
$$;

CREATE OR REPLACE FUNCTION x_small_span(list text[], k double precision)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT v FROM unnest(list) WITH ORDINALITY AS u(v, n) WHERE v IS NOT NULL AND k >= 1
        ORDER BY x_seconds(v), n
        LIMIT 1 OFFSET CASE WHEN k BETWEEN 1 AND 1e9 THEN trunc(k)::int - 1 ELSE 1000000000 END
$$;

CREATE OR REPLACE FUNCTION x_large_span(list text[], k double precision)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT v FROM unnest(list) WITH ORDINALITY AS u(v, n) WHERE v IS NOT NULL AND k >= 1
        ORDER BY x_seconds(v) DESC, n DESC
        LIMIT 1 OFFSET CASE WHEN k BETWEEN 1 AND 1e9 THEN trunc(k)::int - 1 ELSE 1000000000 END
$$;

-- The first of the longest.
CREATE OR REPLACE FUNCTION x_longest(list text[])
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT v FROM unnest(list) WITH ORDINALITY AS u(v, n) WHERE v IS NOT NULL
        ORDER BY x_seconds(v) DESC, n LIMIT 1
$$;

-- One boolean for each item: how it compares with the value.
CREATE OR REPLACE FUNCTION x_where(list anyarray, op text, value anyelement)
RETURNS boolean[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(CASE op WHEN '=' THEN v IS NOT DISTINCT FROM value
        WHEN '!=' THEN v IS DISTINCT FROM value
        WHEN '<' THEN coalesce(v < value, FALSE) WHEN '<=' THEN coalesce(v <= value, FALSE)
        WHEN '>' THEN coalesce(v > value, FALSE) ELSE coalesce(v >= value, FALSE) END ORDER BY n)
    FROM unnest(list) WITH ORDINALITY AS u(v, n)
$$;

CREATE OR REPLACE FUNCTION x_keep(list anyarray, hit boolean[])
RETURNS anyarray LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(CASE WHEN b THEN v END ORDER BY n)
    FROM ROWS FROM (unnest(list), unnest(hit)) WITH ORDINALITY AS u(v, b, n)
    WHERE n <= least(cardinality(list), cardinality(hit))
$$;

-- Products row by row; a row with a blank is blank.
CREATE OR REPLACE FUNCTION x_times(a double precision[], b double precision[])
RETURNS double precision[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(CASE WHEN x IS NOT NULL AND y IS NOT NULL
        THEN coalesce(x_mul(x, y), 'Infinity') END ORDER BY n)
    FROM ROWS FROM (unnest(a), unnest(b)) WITH ORDINALITY AS u(x, y, n)
    WHERE n <= least(cardinality(a), cardinality(b)) AND a IS NOT NULL AND b IS NOT NULL
$$;

-- A list as one text for the program: i12; r0.5; t3:abc and - for a blank.
CREATE OR REPLACE FUNCTION x_pack(list text[], tag text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(CASE WHEN v IS NULL THEN '-' WHEN tag = 't' THEN 't' || octet_length(v) || ':' || v
        ELSE tag || v || ';' END, '' ORDER BY n)
    FROM unnest(list) WITH ORDINALITY AS u(v, n)
$$;
