-- The job queue. It lives on the server of the tenants it serves, so that a job is written, and ended, in the
-- transaction of its cause.
--
-- Role names carry an installation's prefix, so nothing here names a role: store::queue::grants_* gives the
-- statements that let the tenants' group and the worker login in.

CREATE SCHEMA queue;

-- A fence is never given twice, also after a lane's row is gone.
CREATE SEQUENCE queue.fence;

CREATE TABLE queue.job (
    id         uuid PRIMARY KEY,                    -- made by the client: an insert-only role cannot read it back
    seq        bigint GENERATED ALWAYS AS IDENTITY, -- order within a lane
    tenant     name NOT NULL DEFAULT current_user,  -- role name; row security checks the stamp
    lane       text NOT NULL,
    -- Lanes are walked by hash: a random starting point is then fair. Two lanes of one hash merely run one after another.
    lane_no    bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(lane, 0)) STORED,
    kind       text NOT NULL,
    key        text NOT NULL,                       -- names the cause: the same cause queues one job
    payload    jsonb NOT NULL,
    trace      text,
    run_at     timestamptz,                         -- NULL: in its lane. Else asleep, outside every lane, until then
    attempts   integer NOT NULL DEFAULT 0,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT job_tenant_key UNIQUE (tenant, key)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);

-- The claim hops from lane to lane over this index and reads one entry of each, however long a lane is.
CREATE INDEX job_lane ON queue.job (tenant, lane_no, seq) WHERE run_at IS NULL;
-- Sleepers cost a claim nothing until they are due.
CREATE INDEX job_due ON queue.job (run_at) WHERE run_at IS NOT NULL;

-- A row exists while a lane is held. A job's lease is its lane's lease, so a claim does not touch the job's row.
--   lease_by set   a worker runs `job`; past lease_until the lane is free again, and `takeovers` counts the crash
--   lease_by NULL  `job` waits for its next try at lease_until, and its lane with it: order within a chat holds
CREATE TABLE queue.lane (
    tenant      name NOT NULL,
    lane_no     bigint NOT NULL,
    job         uuid,
    lease_by    text,                               -- node/boot
    lease_until timestamptz NOT NULL,
    fence       bigint NOT NULL,
    takeovers   integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, lane_no)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Jobs that were given up, until an operator replays or discards them.
CREATE TABLE queue.dead (
    id         uuid PRIMARY KEY,
    tenant     name NOT NULL,
    lane       text NOT NULL,
    kind       text NOT NULL,
    key        text NOT NULL,
    payload    jsonb NOT NULL,
    trace      text,
    attempts   integer NOT NULL,
    error      text NOT NULL,
    created_at timestamptz NOT NULL,
    died_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dead_died ON queue.dead (died_at, id);

-- A tenant may only insert: its own name, and kinds that act within its own schema. The owner and the worker login
-- (by a policy of its own, see grants_for_worker) are not bound by this.
ALTER TABLE queue.job ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_enqueue ON queue.job FOR INSERT
    WITH CHECK (tenant = current_user AND kind = ANY (ARRAY['message.handle', 'panel.act', 'forward.gather', 'forward.send', 'reply.send']));

-- Ends a job within the transaction that holds its outcome. A worker that lost its lease gets SB001, and its whole
-- transaction rolls back. The tenant is the role of the session, never an argument.
CREATE FUNCTION queue.finish(job uuid, fence bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who  name := CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END;
    hash bigint;
BEGIN
    DELETE FROM queue.job j WHERE j.id = finish.job AND j.tenant = who RETURNING j.lane_no INTO hash;
    DELETE FROM queue.lane l
     WHERE l.tenant = who AND l.lane_no = hash AND l.fence = finish.fence AND l.job = finish.job;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of this job was lost' USING ERRCODE = 'SB001';
    END IF;
END $$;
REVOKE ALL ON FUNCTION queue.finish(uuid, bigint) FROM PUBLIC;
