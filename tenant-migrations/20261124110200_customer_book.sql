-- Who writes from where, by customer. (What is open of a customer is found by request_customer_idx.)
CREATE INDEX IF NOT EXISTS identity_customer_idx ON identity (customer_id) WHERE customer_id IS NOT NULL;
