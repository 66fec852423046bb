"""A stand-in for Secrets Manager and Parameter Store that keeps AWS's documented rules under one lock.

Beside them as much of IAM and STS as a client needs to become somebody: users and roles with policies of Effect,
Action and Resource, access keys, web identities. Signatures are verified, policies enforced.

What AWS's documents leave open falls on the side that costs a careless client: what an overwrite of a parameter does
not name (description, allowed pattern, KMS key, tier, data type) is not kept, pages are short, and names come back in
another order than they were asked for.

What AWS does by itself, and a test cannot wait for, is arranged by a POST of JSON to /arrange, without a signature:

    {"later": 86400}                                                        the clock goes on by a day, for everybody
    {"owner": {"region": "us-east-1", "secret": "shop", "service": "rds"}}  the secret is managed by another service
    {"trick": {"on": "shop", "action": "PutSecretValue", "code": "ThrottlingException", "times": 2}}
    {"trick": {"on": "shop", "action": "PutSecretValue", "silent": true}}   done, and never answered
    {"trick": {"on": "shop", "action": "PutSecretValue", "page": 302}}      done, and answered with a page for people
    {"trick": {"on": "shop", "action": …, "before": {"action": …, "fields": {…}}}}  another program is faster
    {"calls": "shop"}                                                       the actions since this was last asked
"""
