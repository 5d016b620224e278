/* gate.c - a connection's request at the gate: is its client known, may it do that, has it anything left? */
#include "gateway/http/access/access.h"
#include "gateway/http/loop.h"
#include "gateway/http/routes.h"
#include "gateway/http/tls/tls.h"

enum problem
gate_admit(struct conn *c)
{
	static const enum problem problems[ACCESS_ANSWERS] = {
		[ACCESS_REQUIRED] = PROBLEM_ACCESS_REQUIRED,
		[ACCESS_TOKEN] = PROBLEM_ACCESS_TOKEN,
		[ACCESS_ROLE] = PROBLEM_ACCESS_ROLE,
	};
	const struct access_proof proof = {
		.authorization = head_field(&c->head, conn_input(c), FIELD_AUTHORIZATION),
		.certificates = c->tls ? c->tls->certificates : 0,
	};

	if (c->route->role == ROLE_NONE)
		return PROBLEM_NONE;
	return problems[access_ask(c->loop->app->access, &proof, c->route->role, &c->client)];
}

bool
gate_spend(struct conn *c, struct exchange *x)
{
	const struct config_access *section = c->client ? access_section(c->client) : NULL;
	struct access *access = c->loop->app->access;

	if (!section)
		return true;
	switch (access_spend(access, c->client, c->route->role, c->loop->now, x->now, &x->retry)) {
	case ACCESS_RATE:
		x->fault = (struct fault){ PROBLEM_ACCESS_RATE, "access.rate", section->rate };
		return false;
	case ACCESS_QUOTA:
		x->fault = (struct fault){ PROBLEM_ACCESS_QUOTA, "access.quota", section->quota };
		return false;
	default:
		c->spent = true;
		return true;
	}
}

void
gate_settle(struct conn *c, unsigned status, bool taken)
{
	if (c->spent && (status >= 500 || (status >= 400 && !taken)))
		access_refund(c->loop->app->access, c->client, c->route->role);
	c->spent = false;
}
