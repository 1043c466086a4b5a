-- The only code that changes a tenant's wallet. A tenant role may call these functions and has no UPDATE of its own.
--
-- Each takes the tenant from the role of the running transaction, never from an argument; the role's name is also the
-- schema's name. The dynamic SQL holds that name and nothing else from outside. Owned by the role that owns tenant
-- tables (set by `store::bootstrap`), so they can do no more than that role.

CREATE SCHEMA credit;

CREATE FUNCTION credit.tenant_schema() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    role text := current_setting('role');
BEGIN
    IF role !~ '^t_[0-9a-f]{32}$' THEN
        RAISE EXCEPTION 'credits belong to a tenant transaction' USING ERRCODE = 'SB010';
    END IF;
    RETURN role;
END $$;

-- Takes `amounts` out of the balance and holds them, all or nothing. A key that is already held counts as held again
-- without effect. False: not enough credit, nothing changed.
CREATE FUNCTION credit.hold(keys text[], amounts bigint[], refs uuid[], happened_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    s text := credit.tenant_schema();
    total bigint;
    bal bigint;
    hld bigint;
BEGIN
    IF EXISTS (SELECT FROM unnest(amounts) a WHERE a < 0) THEN
        RAISE EXCEPTION 'a hold is never negative' USING ERRCODE = 'SB011';
    END IF;
    -- The wallet row is the lock: everything below runs one at a time per tenant.
    EXECUTE format('SELECT balance, held FROM %I.wallet WHERE id = 1 FOR UPDATE', s) INTO bal, hld;
    EXECUTE format(
        'SELECT coalesce(sum(n.amount), 0) FROM unnest($1, $2) AS n(key, amount)
         WHERE NOT EXISTS (SELECT FROM %I.ledger l WHERE l.key = ''hold:'' || n.key)', s)
        INTO total USING keys, amounts;
    IF bal < total THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'INSERT INTO %1$I.ledger (key, kind, amount, balance_after, held_after, ref, reason, at)
         SELECT ''hold:'' || n.key, ''hold'', n.amount,
                $4 - sum(n.amount) OVER (ORDER BY n.pos), $5 + sum(n.amount) OVER (ORDER BY n.pos), n.ref, '''', $6
         FROM unnest($1, $2, $3) WITH ORDINALITY AS n(key, amount, ref, pos)
         WHERE NOT EXISTS (SELECT FROM %1$I.ledger l WHERE l.key = ''hold:'' || n.key)', s)
        USING keys, amounts, refs, bal, hld, happened_at;
    IF total <> 0 THEN
        EXECUTE format('UPDATE %I.wallet SET balance = balance - $1, held = held + $1 WHERE id = 1', s) USING total;
    END IF;
    RETURN true;
END $$;

-- Ends a hold: settled (the credit is spent) or released (it goes back). False: there is no such hold, or it has ended.
CREATE FUNCTION credit.end_hold(hold_key text, spent boolean, happened_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    s text := credit.tenant_schema();
    amt bigint;
    r uuid;
    bal bigint;
    hld bigint;
    back bigint;
    done boolean;
BEGIN
    EXECUTE format('SELECT balance, held FROM %I.wallet WHERE id = 1 FOR UPDATE', s) INTO bal, hld;
    EXECUTE format('SELECT amount, ref FROM %I.ledger WHERE key = ''hold:'' || $1', s) INTO amt, r USING hold_key;
    IF amt IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.ledger WHERE key = ''end:'' || $1)', s) INTO done USING hold_key;
    IF done THEN
        RETURN false;
    END IF;
    back := CASE WHEN spent THEN 0 ELSE amt END;
    EXECUTE format(
        'INSERT INTO %I.ledger (key, kind, amount, balance_after, held_after, ref, reason, at)
         VALUES (''end:'' || $1, $2, $3, $4, $5, $6, '''', $7)', s)
        USING hold_key, CASE WHEN spent THEN 'settle' ELSE 'release' END, amt, bal + back, hld - amt, r, happened_at;
    EXECUTE format('UPDATE %I.wallet SET balance = balance + $1, held = held - $2 WHERE id = 1', s) USING back, amt;
    RETURN true;
END $$;

-- Books a grant of the platform once. False: no such grant for this tenant, or booked before.
CREATE FUNCTION credit.book_grant(grant_id uuid, happened_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    s text := credit.tenant_schema();
    g platform.credit_grant%ROWTYPE;
    bal bigint;
    hld bigint;
    done boolean;
BEGIN
    SELECT * INTO g FROM platform.credit_grant c
    WHERE c.id = grant_id AND 't_' || replace(c.tenant_id::text, '-', '') = s;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT balance, held FROM %I.wallet WHERE id = 1 FOR UPDATE', s) INTO bal, hld;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.ledger WHERE key = ''grant:'' || $1)', s)
        INTO done USING grant_id::text;
    IF done THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'INSERT INTO %I.ledger (key, kind, amount, balance_after, held_after, ref, reason, at)
         VALUES (''grant:'' || $1, ''grant'', $2, $3, $4, $5, $6, $7)', s)
        USING grant_id::text, g.micros, bal + g.micros, hld, grant_id, g.reason, happened_at;
    -- The wallet's CHECK refuses a deduction below zero.
    EXECUTE format('UPDATE %I.wallet SET balance = balance + $1 WHERE id = 1', s) USING g.micros;
    RETURN true;
END $$;

-- Grants of the running tenant that its ledger does not show yet.
CREATE FUNCTION credit.open_grants() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    s text := credit.tenant_schema();
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT c.id FROM platform.credit_grant c
         WHERE ''t_'' || replace(c.tenant_id::text, ''-'', '''') = $1
           AND NOT EXISTS (SELECT FROM %I.ledger l WHERE l.key = ''grant:'' || c.id::text)
         ORDER BY c.created_at', s) USING s;
END $$;
