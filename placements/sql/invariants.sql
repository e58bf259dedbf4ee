-- What must always be true, each as a query for what breaks it. `manage.py check_invariants` runs them:
-- in tests, after a restore, in production. A paragraph begins with its name and says what holds.

-- I1: a slot's use is the number of placements that occupy it, and within its places
SELECT s.id AS slot, s.used, s.capacity, count(p.id) AS occupying
  FROM placements_slot s
  LEFT JOIN placements_placement p
    ON p.slot_id = s.id AND p.state IN ('planned', 'confirmed', 'completed')
 GROUP BY s.id
HAVING s.used <> count(p.id) OR s.used > s.capacity OR s.used < 0;

-- I2: no student is in two places on one day
SELECT a.id AS placement, b.id AS other, a.student_id AS student
  FROM placements_placement a
  JOIN placements_placement b
    ON a.student_id = b.student_id AND a.id < b.id AND a.days && b.days
 WHERE a.state IN ('planned', 'confirmed', 'completed')
   AND b.state IN ('planned', 'confirmed', 'completed');

-- I3: a placement's student, school, slot, days and run are those of its round
SELECT p.id AS placement
  FROM placements_placement p
  JOIN placements_candidate c ON c.id = p.candidate_id
  JOIN placements_slot s ON s.id = p.slot_id
  JOIN placements_period d ON d.id = p.period_id
  JOIN schools_student st ON st.id = p.student_id
  LEFT JOIN placements_matchingrun r ON r.id = p.run_id
 WHERE c.round_id <> p.round_id OR c.student_id <> p.student_id OR s.round_id <> p.round_id
    OR s.period_id <> p.period_id OR d.round_id <> p.round_id OR d.days <> p.days
    OR st.school_id <> p.school_id OR r.round_id <> p.round_id
    OR NOT EXISTS (SELECT 1 FROM placements_roundschool rs
                    WHERE rs.round_id = p.round_id AND rs.school_id = p.school_id);

-- I4: a round has at most one published proposal and at most one run at work, what-ifs aside
SELECT round_id AS round, count(*) FILTER (WHERE state = 'published') AS published,
       count(*) FILTER (WHERE state IN ('queued', 'running')) AS active
  FROM placements_matchingrun
 WHERE base_id IS NULL
 GROUP BY round_id
HAVING count(*) FILTER (WHERE state = 'published') > 1
    OR count(*) FILTER (WHERE state IN ('queued', 'running')) > 1;

-- I5: what is published is what a proposal said, or what somebody is on record for changing since
SELECT a.run_id AS run, a.candidate_id AS candidate, 'not written' AS what
  FROM placements_assignment a
  JOIN placements_matchingrun r ON r.id = a.run_id AND r.state IN ('published', 'superseded')
 WHERE NOT EXISTS (SELECT 1 FROM placements_placement p
                    WHERE p.candidate_id = a.candidate_id AND p.slot_id = a.slot_id)
UNION ALL
SELECT p.run_id, p.candidate_id, 'not proposed'
  FROM placements_placement p
 WHERE p.run_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM placements_assignment a
                    WHERE a.run_id = p.run_id AND a.candidate_id = p.candidate_id
                      AND a.slot_id = p.slot_id)
UNION ALL
SELECT NULL, p.candidate_id, 'placed by hand, not on record'
  FROM placements_placement p
 WHERE p.run_id IS NULL
   AND NOT EXISTS (SELECT 1 FROM accounts_auditevent e
                    WHERE e.target_type = 'placements.placement' AND e.target_id = p.id
                      AND e.verb IN ('placement.added', 'placement.moved'));

-- I6: a mail about places belongs to something that was published
SELECT m.id AS message
  FROM accounts_outboxmessage m
 WHERE m.kind IN ('student_placed', 'student_moved', 'student_waiting', 'student_withdrawn',
                  'workplace_students')
   AND NOT EXISTS (SELECT 1 FROM placements_matchingrun r
                    WHERE r.id::text = split_part(m.publication, '/', 1) AND r.state IN ('published', 'superseded'))
   AND NOT EXISTS (SELECT 1 FROM placements_placement p
                    WHERE p.id::text = split_part(m.publication, '/', 1));

-- I7: nobody is told the same thing twice
SELECT kind, subject_id AS subject, publication, count(*) AS times
  FROM accounts_outboxmessage
 GROUP BY kind, recipient, subject_id, publication
HAVING count(*) > 1;

-- I8: what ended or was decided is in the audit log
SELECT r.id AS run, r.state
  FROM placements_matchingrun r
 WHERE (r.state IN ('published', 'superseded')
        AND NOT EXISTS (SELECT 1 FROM accounts_auditevent e
                         WHERE e.target_id = r.id AND e.verb = 'run.published'))
    OR (r.state IN ('failed', 'cancelled', 'stale')
        AND NOT EXISTS (SELECT 1 FROM accounts_auditevent e
                         WHERE e.target_id = r.id AND e.verb = 'run.' || r.state))
UNION ALL
SELECT p.id, p.state
  FROM placements_placement p
 WHERE p.state IN ('withdrawn', 'declined')
   AND NOT EXISTS (SELECT 1 FROM accounts_auditevent e
                    WHERE e.target_id = p.id AND e.verb = 'placement.' || p.state);

-- I9: no run stands still: a worker's lease is not long over, nothing waits for minutes, only who has parts has no lease
SELECT id AS run, state, lease_until
  FROM placements_matchingrun
 WHERE (state = 'running' AND lease_until < now() - interval '90 seconds')
    OR (state = 'queued' AND created_at < now() - interval '15 minutes')
UNION ALL
SELECT id, state, lease_until
  FROM placements_runpart
 WHERE (state = 'running' AND lease_until < now() - interval '90 seconds')
    OR (state = 'queued' AND created_at < now() - interval '15 minutes')
UNION ALL
SELECT id, state, lease_until
  FROM placements_question
 WHERE state = 'running' AND lease_until < now() - interval '90 seconds'
UNION ALL
SELECT r.id, r.state, r.lease_until
  FROM placements_matchingrun r
 WHERE r.state = 'running' AND r.lease_until IS NULL
   AND NOT EXISTS (SELECT 1 FROM placements_runpart p WHERE p.run_id = r.id AND p.state <> 'solved')
UNION ALL
SELECT p.id, r.state, NULL
  FROM placements_runpart p
  JOIN placements_matchingrun r ON r.id = p.run_id AND r.state NOT IN ('queued', 'running');

-- I10: whoever has left a round, or is handled by hand, holds no place in it
SELECT c.id AS candidate
  FROM placements_candidate c
  JOIN schools_student s ON s.id = c.student_id
  JOIN placements_placement p
    ON p.candidate_id = c.id AND p.state IN ('planned', 'confirmed')
 WHERE c.withdrawn_at IS NOT NULL OR s.manual_handling;
