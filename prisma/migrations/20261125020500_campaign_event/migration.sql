-- `campaign` events that the executor writes about many customers at once: the same properties once, and who got them. As
-- a row a customer they were the largest thing that a run wrote. Events of few customers, and those with properties of
-- their own, are rows of `event`; whoever reads goes through the two functions below and sees one kind of event.
CREATE TABLE campaign_event (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  at         timestamptz(3) NOT NULL DEFAULT now(),
  properties jsonb NOT NULL,
  -- At most 1000.
  customers  bigint[] NOT NULL,
  size       int NOT NULL,
  -- From the smallest to the largest customer: finds the events of one without reading the arrays.
  span       int8range NOT NULL
);
ALTER TABLE campaign_event ALTER COLUMN customers SET STORAGE EXTERNAL;
CREATE INDEX campaign_event_project ON campaign_event (project_id, at);
CREATE INDEX campaign_event_span ON campaign_event USING gist (span);

-- An event of many has the id -(1024 id + place), so that every event has one of its own.

-- Events of customers. A condition on type or time put on the result is met within.
CREATE FUNCTION events_of(p_customers bigint[])
RETURNS TABLE (id bigint, project_id uuid, customer_id bigint, type text, at timestamptz, properties jsonb)
LANGUAGE sql STABLE AS $$
  SELECT e.id, e.project_id, e.customer_id, e.type, e.at, e.properties FROM event e
   WHERE e.customer_id = ANY(p_customers)
  UNION ALL
  SELECT -(c.id * 1024 + m.place), c.project_id, m.customer_id, 'campaign', c.at, c.properties
    FROM campaign_event c, unnest(c.customers) WITH ORDINALITY AS m(customer_id, place)
   WHERE c.id IN (SELECT s.id FROM unnest(p_customers) AS p(id) JOIN campaign_event s ON s.span @> p.id)
     AND m.customer_id IN (SELECT unnest(p_customers))
$$;

-- The latest events of a type in a project that come before a moment and id, at most so many of either table. Of somebody
-- who is being deleted nothing is shown any more, before it is gone.
CREATE FUNCTION events_in(p_project uuid, p_type text, p_at timestamptz, p_id bigint, p_limit int)
RETURNS TABLE (id bigint, project_id uuid, customer_id bigint, type text, at timestamptz, properties jsonb)
LANGUAGE sql STABLE AS $$
  (SELECT e.id, e.project_id, e.customer_id, e.type, e.at, e.properties FROM event e
    WHERE e.project_id = p_project AND e.type = p_type AND (e.at, e.id) < (p_at, p_id)
      AND EXISTS (SELECT FROM customer WHERE customer.id = e.customer_id)
    ORDER BY e.at DESC, e.id DESC LIMIT p_limit)
  UNION ALL
  (SELECT -(c.id * 1024 + m.place), c.project_id, m.customer_id, 'campaign', c.at, c.properties
     FROM (SELECT * FROM campaign_event g
            WHERE p_type = 'campaign' AND g.project_id = p_project AND (g.at, -(g.id * 1024 + 1024)) < (p_at, p_id)
            ORDER BY g.at DESC, g.id LIMIT p_limit) AS c,
          unnest(c.customers) WITH ORDINALITY AS m(customer_id, place)
    WHERE (c.at, -(c.id * 1024 + m.place)) < (p_at, p_id)
      AND EXISTS (SELECT FROM customer WHERE customer.id = m.customer_id)
    ORDER BY c.at DESC, c.id, m.place LIMIT p_limit)
$$;
