-- How many of the first text's groups of three letters the second one has.
CREATE FUNCTION word_similarity(sought text, text) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    WITH parts AS (
        SELECT t.side, substr('  ' || w.word || ' ', place, 3) AS part
        FROM (VALUES (1, $1), (2, $2)) AS t(side, content),
            regexp_split_to_table(lower(t.content), '[^[:alnum:]]+') AS w(word),
            generate_series(1, length(w.word) + 1) AS place
        WHERE w.word <> ''
    )
    SELECT coalesce(
        count(DISTINCT part) FILTER (WHERE side = 1 AND part IN (SELECT o.part FROM parts AS o WHERE o.side = 2))::real
            / nullif(count(DISTINCT part) FILTER (WHERE side = 1), 0),
        0
    )::real
    FROM parts
$$;
