/* access.c - the clients that are known, and what each of them has left.
 *
 * One lock for all of them: it is held for a few comparisons, and only where a
 * client shows something or a role needs it.  Buckets count in thousandths of a
 * request, a quota from midnight UTC.
 */
#include "gateway/http/access/access.h"

#include "codecs/base/ascii.h"
#include "codecs/base/buf.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

enum { DIGEST = 32, TOKEN_MAX = 4096, SECONDS_A_DAY = 86400, MAX_ENTRIES = 64 };

struct access_entry {
	const struct config_access *section;
	bool has_token;
	uint8_t digest[DIGEST];
	uint64_t filled, tokens; /* microseconds; thousandths of a request */
	int64_t day;
	size_t used; /* on that day */
	uint64_t counts[ACCESS_ANSWERS];
};

struct access {
	pthread_mutex_t lock;
	enum config_gate verify;
	uint64_t refused[ACCESS_ANSWERS]; /* of nobody that is known */
	size_t count;
	struct access_entry entries[];
};

int
access_new(const struct config *c, struct access **out)
{
	struct access *a = calloc(1, sizeof(*a) + c->access_count * sizeof(a->entries[0]));

	if (!a)
		return -ENOMEM;
	pthread_mutex_init(&a->lock, NULL);
	a->verify = c->http.verify;
	a->count = c->access_count < MAX_ENTRIES ? c->access_count : MAX_ENTRIES;
	for (size_t i = 0; i < a->count; i++) {
		a->entries[i].section = &c->access[i];
		a->entries[i].tokens = c->access[i].rate * 1000u;
	}
	*out = a;
	return 0;
}

void
access_free(struct access *a)
{
	if (!a)
		return;
	pthread_mutex_destroy(&a->lock);
	free(a);
}

const struct config_access *
access_section(const struct access_entry *e)
{
	return e->section;
}

void
access_tokens(struct access *a, const struct span *digests)
{
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->count; i++) {
		struct access_entry *e = &a->entries[i];
		e->has_token = digests && digests[i].len == DIGEST;
		memset(e->digest, 0, DIGEST);
		if (e->has_token)
			memcpy(e->digest, digests[i].ptr, DIGEST);
	}
	pthread_mutex_unlock(&a->lock);
}

/* --- who is it? --- */

/* RFC 6750 2.1: "Bearer" and one blank or more in front of it.  false: another scheme, or none. */
static bool
bearer(struct span field, struct span *token)
{
	static const char scheme[] = "bearer";
	size_t len = sizeof(scheme) - 1;

	if (field.len < len || strncasecmp((const char *)field.ptr, scheme, len) != 0 ||
		(field.len > len && field.ptr[len] != ' '))
		return false;
	*token = span_trim(span_from(field, len));
	return true;
}

/* b64token of RFC 6750 2.1. */
static bool
is_token(struct span s)
{
	size_t i = 0;

	while (i < s.len &&
		(ascii_letter(s.ptr[i]) || ascii_digit(s.ptr[i]) || memchr("-._~+/", s.ptr[i], 6)))
		i++;
	if (i == 0 || s.len > TOKEN_MAX)
		return false;
	while (i < s.len && s.ptr[i] == '=')
		i++;
	return i == s.len;
}

/* Entries whose token it is; all are compared, each to its end. */
static uint64_t
entries_of(struct access *a, struct span token)
{
	uint8_t digest[DIGEST];
	uint64_t found = 0;

	if (!is_token(token) ||
		EVP_Digest(token.ptr, token.len, digest, NULL, EVP_sha256(), NULL) != 1)
		return 0;
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->count; i++) {
		const struct access_entry *e = &a->entries[i];
		unsigned other = CRYPTO_memcmp(e->digest, digest, DIGEST) != 0;
		found |= (uint64_t)(e->has_token & !other) << i;
	}
	pthread_mutex_unlock(&a->lock);
	OPENSSL_cleanse(digest, sizeof(digest));
	return found;
}

/* Whoever is to show both shows both. */
static bool
is_shown(const struct access_entry *e, size_t index, uint64_t tokens, uint64_t certificates)
{
	const uint64_t bit = UINT64_C(1) << index;
	bool token = e->section->token_path.len > 0 || e->section->token_sha256.len > 0;
	bool certificate = e->section->certificate.len > 0;

	return (token || certificate) && (!token || tokens & bit) &&
	       (!certificate || certificates & bit);
}

/* The first that is shown and has the role, else the first that is shown, else NULL. */
static struct access_entry *
find(struct access *a, uint64_t tokens, uint64_t certificates, unsigned role)
{
	struct access_entry *first = NULL;

	for (size_t i = 0; i < a->count; i++) {
		struct access_entry *e = &a->entries[i];
		if (!is_shown(e, i, tokens, certificates))
			continue;
		if ((e->section->roles & role) == role)
			return e;
		if (!first)
			first = e;
	}
	return first;
}

static void
tally(struct access *a, struct access_entry *e, enum access_answer answer)
{
	pthread_mutex_lock(&a->lock);
	(e ? e->counts : a->refused)[answer]++;
	pthread_mutex_unlock(&a->lock);
}

enum access_answer
access_ask(struct access *a, const struct access_proof *p, unsigned role, struct access_entry **who)
{
	bool open = role == ROLE_NONE || (role == ROLE_VERIFY && a->verify == GATE_OPEN);
	struct span token = SPAN_NONE;
	bool shows_token = p->authorization.ptr && bearer(p->authorization, &token);
	uint64_t tokens = 0;
	enum access_answer r = ACCESS_GRANTED;

	*who = NULL;
	if (open)
		return ACCESS_GRANTED; /* nobody is asked who he is */
	if (shows_token)
		tokens = entries_of(a, token);
	if (!shows_token || tokens != 0)
		*who = find(a, tokens, p->certificates, role);
	if (!*who)
		r = shows_token ? ACCESS_TOKEN : ACCESS_REQUIRED;
	else if ((access_section(*who)->roles & role) != role)
		r = ACCESS_ROLE;
	if (r != ACCESS_GRANTED || role == ROLE_VERIFY)
		tally(a, *who, r); /* of other roles access_spend says what became of them */
	return r;
}

uint64_t
access_certificate(const struct access *a, struct span sha256_hex, struct span subject)
{
	uint64_t found = 0;

	for (size_t i = 0; i < a->count; i++) {
		struct span named = a->entries[i].section->certificate;
		bool digest = named.len > 0 && named.len == sha256_hex.len &&
			      strncasecmp((const char *)named.ptr, (const char *)sha256_hex.ptr,
				      named.len) == 0;
		if (digest || (named.len > 0 && span_eq(named, subject)))
			found |= UINT64_C(1) << i;
	}
	return found;
}

/* --- what has it left? --- */

static bool
spend_rate(struct access_entry *e, uint64_t now)
{
	const uint64_t rate = e->section->rate, full = rate * 1000u;
	uint64_t passed = now > e->filled ? now - e->filled : 0;
	/* a bucket is full after a second: longer counts as one; what is less than a thousandth stays for next time */
	uint64_t more = passed > 1000000u ? full : passed * rate / 1000u;

	e->tokens = e->tokens + more < full ? e->tokens + more : full;
	e->filled = e->tokens == full ? now : e->filled + more * 1000u / rate;
	if (e->tokens < 1000)
		return false;
	e->tokens -= 1000;
	return true;
}

static bool
spend_quota(struct access_entry *e, int64_t now)
{
	int64_t day = now / SECONDS_A_DAY;

	if (day > e->day) { /* a clock that was put back gives nothing */
		e->day = day;
		e->used = 0;
	}
	if (e->used >= e->section->quota)
		return false;
	e->used++;
	return true;
}

enum access_answer
access_spend(struct access *a, struct access_entry *who, unsigned role, uint64_t now_us,
	int64_t now, unsigned *retry)
{
	enum access_answer r = ACCESS_GRANTED;

	if (!(role & (ROLE_ATTEST | ROLE_REVOKE)))
		return ACCESS_GRANTED;
	pthread_mutex_lock(&a->lock);
	if (!spend_rate(who, now_us)) {
		r = ACCESS_RATE;
		*retry = 1;
	} else if (role & ROLE_ATTEST && !spend_quota(who, now)) {
		r = ACCESS_QUOTA;
		*retry = (unsigned)(SECONDS_A_DAY - now % SECONDS_A_DAY);
	}
	who->counts[r]++;
	pthread_mutex_unlock(&a->lock);
	return r;
}

void
access_refund(struct access *a, struct access_entry *who, unsigned role)
{
	if (!(role & ROLE_ATTEST))
		return;
	pthread_mutex_lock(&a->lock);
	if (who->used > 0)
		who->used--;
	pthread_mutex_unlock(&a->lock);
}

/* --- the text of /metrics --- */

static void
line(struct buf *b, struct span client, enum access_answer answer, uint64_t n)
{
	static const char *const names[ACCESS_ANSWERS] = { "granted", "required", "token", "role",
		"rate", "quota" };

	if (n == 0)
		return;
	buf_str(b, "vidimus_access_requests_total{client=\"");
	buf_add(b, client);
	buf_str(b, "\",answer=\"");
	buf_str(b, names[answer]);
	buf_str(b, "\"} ");
	buf_uint(b, n);
	buf_char(b, '\n');
}

void
access_metrics(struct access *a, struct buf *b)
{
	buf_str(b, "# HELP vidimus_access_requests_total requests that needed a client, by what "
		   "became of "
		   "them\n# TYPE vidimus_access_requests_total counter\n");
	pthread_mutex_lock(&a->lock);
	for (enum access_answer r = 0; r < ACCESS_ANSWERS; r++)
		line(b, SPAN_NONE, r, a->refused[r]);
	for (size_t i = 0; i < a->count; i++)
		for (enum access_answer r = 0; r < ACCESS_ANSWERS; r++)
			line(b, a->entries[i].section->name, r, a->entries[i].counts[r]);
	pthread_mutex_unlock(&a->lock);
	if (a->count == 0)
		return;
	buf_str(b,
		"# HELP vidimus_access_attestations attestations of a client on the current day\n"
		"# TYPE vidimus_access_attestations gauge\n");
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->count; i++) {
		buf_str(b, "vidimus_access_attestations{client=\"");
		buf_add(b, a->entries[i].section->name);
		buf_str(b, "\"} ");
		buf_uint(b, a->entries[i].used);
		buf_char(b, '\n');
	}
	pthread_mutex_unlock(&a->lock);
}
