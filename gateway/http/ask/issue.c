/* issue.c - the interface of the W3C Credentials Community Group for issuers and status (VC-API), and /v1/revoke.
 *
 * We vouch for nothing but what this very request verified: so what is to be issued is itself a secured credential (of
 * any scheme that is read here), and claims without a proof are refused.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/tree/node.h"
#include "gateway/http/ask/translate.h"

#include <string.h>

enum { REASONS = 11 }; /* RFC 5280, 5.3.1; 7 is not used */

static bool
refuse(struct exchange *x, const struct node *n, const char *detail)
{
	exchange_fail(x, PROBLEM_REQUEST_MEMBER, detail);
	x->offset = n ? n->offset : PLACE_NO_OFFSET;
	return false;
}

static const struct node *
read_body(struct exchange *x)
{
	const struct node *root = NULL;

	if (!x->tools->app->desk) {
		exchange_fail(x, PROBLEM_ATTEST_OFF, NULL);
		return NULL;
	}
	return question_object(x, &root) ? root : NULL;
}

/* --- issue --- */

/* A proof of its own, or an envelope around a token. */
static bool
is_secured(const struct node *n)
{
	const struct node *type = node_get(n, "type");

	if (n->kind == NODE_TEXT || node_get(n, "proof"))
		return true;
	if (type && type->kind == NODE_LIST)
		type = type->child;
	return span_is(node_text(type), "EnvelopedVerifiableCredential");
}

static bool
read_credential(struct exchange *x, const struct node *n, struct question *q)
{
	if (!n || (n->kind != NODE_MAP && n->kind != NODE_TEXT))
		return refuse(x, n, "\"credential\" is an object, or a token as a string");
	if (!is_secured(n)) {
		exchange_fail(x, PROBLEM_ATTEST_UNSIGNED,
			"\"credential\" is to be a verifiable credential: this gateway vouches for "
			"nothing that it has not verified in the same request");
		x->offset = n->offset;
		return false;
	}
	q->input = n->kind == NODE_TEXT ? n->as.bytes : n->raw;
	return true;
}

/* options.form: one of the forms of W3C credentials; others have no place in such an answer. */
static bool
read_target(struct exchange *x, const struct node *options, const struct target **out)
{
	const struct node *form = node_get(options, "form");

	if (options && options->kind != NODE_MAP)
		return refuse(x, options, "\"options\" is an object");
	*out = target_named(form ? node_text(form) : SPAN_LIT("vc"));
	if (*out && strncmp((*out)->purpose, "vc-", 3) == 0)
		return true;
	exchange_fail(x, PROBLEM_ATTEST_TARGET,
		"options.form is one of vc, vc-ecdsa, vc-eddsa-jcs, vc-ecdsa-jcs, vc-jwt and "
		"vc-jwt-1.1; other forms: /v1/translate");
	x->offset = form ? form->offset : PLACE_NO_OFFSET;
	return false;
}

/* JSON as it is; a token of data model 2.0 in its envelope, one of 1.1 as a string. */
static void
write_credential(
	struct exchange *x, const struct work *w, const struct verify *v, const struct attest *a)
{
	struct buf b = buf_in(x->tools->arena, x->tools->app->config->limits.memory);
	struct span text = a->emitted.text;

	(void)w;
	(void)v;
	buf_str(&b, "{\"verifiableCredential\":");
	if (text.len > 0 && text.ptr[0] == '{') {
		buf_add(&b, text);
	} else if (strcmp(a->target->name, "vc-jwt") == 0) {
		buf_str(&b, "{\"@context\":\"https://www.w3.org/ns/credentials/v2\",\"id\":\"data:"
			    "application/vc+jwt,");
		buf_add(&b, text); /* base64url and dots */
		buf_str(&b, "\",\"type\":\"EnvelopedVerifiableCredential\"}");
	} else {
		buf_json(&b, text);
	}
	buf_char(&b, '}');
	x->status = 201;
	question_answer(x, &b);
}

void
credentials_issue_handler(struct exchange *x)
{
	const struct node *root = read_body(x);
	const struct target *t;
	struct question q;

	if (!root)
		return;
	question_defaults(x, &q);
	if (read_credential(x, node_get(root, "credential"), &q) &&
		read_target(x, node_get(root, "options"), &t))
		translate(x, &q, t, write_credential);
}

/* --- revoke --- */

/* As answers and credentials write it: 32 hexadecimal digits, or urn:uuid:. */
static bool
read_id(struct exchange *x, const struct node *n, const char *detail)
{
	struct span s = node_text(n), bytes = SPAN_NONE;
	struct buf b = buf_in(x->tools->arena, (size_t)2 * STORE_ID);
	size_t bad;

	if (span_starts(s, SPAN_LIT("urn:uuid:")))
		s = span_from(s, sizeof("urn:uuid:") - 1);
	for (size_t i = 0; i < s.len && i < 64; i++)
		if (s.ptr[i] != '-')
			buf_char(&b, (char)s.ptr[i]);
	if (s.len > 64 || b.error || b.len != (size_t)2 * STORE_ID ||
		hex_decode(x->tools->arena, buf_span(&b), &bytes, &bad) != 0 || !bytes.ptr)
		return refuse(x, n, detail);
	memcpy(x->entry.id, bytes.ptr, STORE_ID);
	return true;
}

static void
answer_revoked(struct exchange *x)
{
	struct buf b = buf_in(x->tools->arena, 256);

	buf_str(&b, "{\"id\":\"");
	buf_hex(&b, (struct span){ x->entry.id, STORE_ID });
	buf_str(&b, "\",\"revoked\":true}");
	question_answer(x, &b);
	x->revokes = x->fault.problem == PROBLEM_NONE;
}

void
revoke_handler(struct exchange *x)
{
	const struct node *root = read_body(x), *reason;

	if (!root ||
		!read_id(x, node_get(root, "id"),
			"\"id\" is that of an attestation: 32 hexadecimal digits, or urn:uuid:"))
		return;
	reason = node_get(root, "reason");
	if (reason && (reason->kind != NODE_INT || reason->as.integer < 0 ||
			      reason->as.integer >= REASONS || reason->as.integer == 7)) {
		refuse(x, reason, "\"reason\" is a number of RFC 5280, 5.3.1, 0 to 10");
		return;
	}
	x->revoke_reason = reason ? (unsigned)reason->as.integer : 0;
	answer_revoked(x);
}

/* {"statusPurpose": "revocation", "status": true} beside the identifier, or as credentialStatus: it, or a
 * list with it. */
static bool
read_status(struct exchange *x, const struct node *root)
{
	const struct node *s = node_get(root, "credentialStatus"), *purpose, *value;

	if (s && s->kind == NODE_LIST)
		s = s->size == 1 ? s->child : NULL;
	if (!s && node_get(root, "credentialStatus"))
		return refuse(x, node_get(root, "credentialStatus"), "one status at a time");
	s = s ? s : root;
	purpose = node_get(s, "statusPurpose");
	value = node_get(s, "status");
	if (!value)
		value = node_get(root, "status");
	if (purpose && !span_is(node_text(purpose), "revocation"))
		return refuse(x, purpose, "the one purpose of our lists is \"revocation\"");
	if ((value && value->kind == NODE_BOOL && value->as.boolean) ||
		span_is(node_text(value), "1"))
		return true;
	return refuse(x, value, "\"status\" is true: what is revoked stays so");
}

void
credentials_status_handler(struct exchange *x)
{
	const struct node *root = read_body(x);

	if (root &&
		read_id(x, node_get(root, "credentialId"),
			"\"credentialId\" is the id of a credential that we issued: urn:uuid:") &&
		read_status(x, root))
		answer_revoked(x);
}
