-- 0027_finer_identifiers.sql: keys of one millisecond arrive in order too.

-- A UUID of version 7 (RFC 9562): 48 bits of milliseconds, 12 bits of their fraction (its section 6.2, method 3), then
-- random bits. Rows that one node writes one after the other lie in that order, also within a millisecond.
CREATE OR REPLACE FUNCTION time_ordered_uuid() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN overlay(
    replace(gen_random_uuid()::text, '-', '')
    PLACING overlay(
        lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 512 / 125), 15, '0')
        PLACING '7' FROM 13 FOR 0
    )
    FROM 1 FOR 16
)::uuid;
