-- 0038_lane_rows.sql: nobody takes a lane by its row any more.

-- In a transaction of its own: it waits for those that hold a row, and nobody who comes meanwhile waits behind it.
DROP TABLE audit_lanes;
