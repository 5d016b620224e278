/* token.c - Cryptoki called directly: find the token, log in, find the key, sign.
 *
 * OpenSSL's providers and engines are left out: they would only stand between these calls and us (docs/adr/0011).
 */
#include "gateway/keys/token/token.h"

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/seal/digest.h"

#include <dlfcn.h>
#include <errno.h>
#include <p11-kit/pkcs11.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

enum { SLOTS = 64, LABEL_FIELD = 32, POINT = 65, RAW = 32, SIGNATURE = 64 };

struct token_module {
	void *library;
	CK_FUNCTION_LIST *f;
};

struct token_key {
	struct token_module *module;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	struct kit *kit; /* used under the lock */
	pthread_mutex_t lock;
};

static int
error_of(CK_RV rv)
{
	switch (rv) {
	case CKR_OK:
		return 0;
	case CKR_HOST_MEMORY:
		return -ENOMEM;
	case CKR_PIN_INCORRECT:
	case CKR_PIN_LOCKED:
	case CKR_PIN_LEN_RANGE:
	case CKR_PIN_INVALID:
	case CKR_PIN_EXPIRED:
	case CKR_USER_PIN_NOT_INITIALIZED:
		return -EKEYREJECTED;
	case CKR_MECHANISM_INVALID:
	case CKR_FUNCTION_NOT_SUPPORTED:
	case CKR_CURVE_NOT_SUPPORTED:
	case CKR_TOKEN_WRITE_PROTECTED:
		return -ENOTSUP;
	default:
		return -EIO;
	}
}

/* --- the module --- */

int
token_load(const char *module, struct token_module **out)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	struct token_module *m = calloc(1, sizeof(*m));
	CK_C_GetFunctionList list = NULL;
	int r = m ? 0 : -ENOMEM;

	if (r == 0 && !(m->library = dlopen(module, RTLD_NOW | RTLD_LOCAL)))
		r = -ELIBACC;
	if (r == 0)
		*(void **)&list = dlsym(m->library, "C_GetFunctionList");
	if (r == 0 && !list)
		r = -ELIBACC;
	if (r == 0 && (list(&m->f) != CKR_OK || m->f->C_Initialize(&args) != CKR_OK))
		r = -EIO;
	if (r == 0) {
		*out = m;
		return 0;
	}
	if (m && m->library)
		dlclose(m->library);
	free(m);
	return r;
}

void
token_unload(struct token_module *m)
{
	if (!m)
		return;
	m->f->C_Finalize(NULL);
	dlclose(m->library);
	free(m);
}

/* --- a session in which our keys are seen --- */

/* Labels of tokens fill their field with blanks. */
static bool
is_labelled(const CK_TOKEN_INFO *info, const char *name)
{
	struct span label = { info->label, LABEL_FIELD };

	while (label.len > 0 && label.ptr[label.len - 1] == ' ')
		label.len--;
	return span_is(label, name);
}

static int
find_slot(struct token_module *m, const char *name, CK_SLOT_ID *out)
{
	CK_SLOT_ID slots[SLOTS];
	CK_ULONG count = SLOTS;
	CK_RV rv = m->f->C_GetSlotList(CK_TRUE, slots, &count);

	if (rv != CKR_OK)
		return error_of(rv);
	for (CK_ULONG i = 0; i < count; i++) {
		CK_TOKEN_INFO info;
		if (m->f->C_GetTokenInfo(slots[i], &info) == CKR_OK && is_labelled(&info, name)) {
			*out = slots[i];
			return 0;
		}
	}
	return -ENODEV;
}

static int
open_session(struct token_module *m, const struct token_uri *u, struct span pin, bool write,
	CK_SESSION_HANDLE *out)
{
	CK_FLAGS flags = CKF_SERIAL_SESSION | (write ? CKF_RW_SESSION : 0);
	CK_SESSION_HANDLE session;
	CK_SLOT_ID slot;
	int r = find_slot(m, u->token, &slot);

	if (r != 0)
		return r;
	if (pin.len == 0)
		return -EACCES;
	CK_RV rv = m->f->C_OpenSession(slot, flags, NULL, NULL, &session);
	if (rv != CKR_OK)
		return error_of(rv);
	rv = m->f->C_Login(session, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)pin.ptr, pin.len);
	if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN) {
		m->f->C_CloseSession(session);
		return error_of(rv);
	}
	*out = session;
	return 0;
}

/* The one object of that class and name; two are none, for which of them is meant? */
static int
find_object(struct token_module *m, CK_SESSION_HANDLE session, const struct token_uri *u,
	CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, (void *)(uintptr_t)u->object, strlen(u->object) },
		{ CKA_ID, (void *)(uintptr_t)u->id, u->id_len } };
	CK_OBJECT_HANDLE found[2];
	CK_ULONG count = 0;
	CK_RV rv = m->f->C_FindObjectsInit(session, wanted, u->id_len > 0 ? 3 : 2);

	if (rv == CKR_OK) {
		rv = m->f->C_FindObjects(session, found, 2, &count);
		m->f->C_FindObjectsFinal(session);
	}
	if (rv != CKR_OK)
		return error_of(rv);
	if (count != 1)
		return -ENOKEY;
	*out = found[0];
	return 0;
}

/* --- made there --- */

/* The curves' names as ECParameters. */
static uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
static uint8_t edwards25519[] = { 0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1',
	'9' };

static CK_RV
generate(struct token_module *m, CK_SESSION_HANDLE session, const struct token_uri *u, bool ed)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_MECHANISM mechanism = { ed ? CKM_EC_EDWARDS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL,
		0 };
	void *label = (void *)(uintptr_t)u->object, *id = (void *)(uintptr_t)u->id;
	CK_ATTRIBUTE public[] = { { CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_VERIFY, &yes, sizeof(yes) }, { CKA_LABEL, label, strlen(u->object) },
		{ CKA_ID, id, u->id_len },
		{ CKA_EC_PARAMS, ed ? edwards25519 : p256,
			ed ? sizeof(edwards25519) : sizeof(p256) } };
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_PRIVATE, &yes, sizeof(yes) }, { CKA_SENSITIVE, &yes, sizeof(yes) },
		{ CKA_EXTRACTABLE, &no, sizeof(no) }, { CKA_SIGN, &yes, sizeof(yes) },
		{ CKA_LABEL, label, strlen(u->object) }, { CKA_ID, id, u->id_len } };
	CK_OBJECT_HANDLE a, b;

	return m->f->C_GenerateKeyPair(session, &mechanism, public, 5, private, 7, &a, &b);
}

int
token_generate(struct token_module *m, const struct token_uri *uri, struct span pin,
	enum private_kind kind)
{
	struct token_uri u = *uri, any = *uri;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE there;
	int r = kind == PRIVATE_P256 || kind == PRIVATE_ED25519 ? 0 : -ENOTSUP;

	if (r == 0 && u.id_len == 0) {
		u.id_len = 8;
		r = getrandom(u.id, u.id_len, 0) == (ssize_t)u.id_len ? 0 : -EIO;
	}
	if (r == 0)
		r = open_session(m, uri, pin, true, &session);
	if (r != 0)
		return r;
	any.id_len = 0;
	r = find_object(m, session, &any, CKO_PRIVATE_KEY, &there);
	if (r == 0)
		r = -EEXIST;
	else if (r == -ENOKEY)
		r = error_of(generate(m, session, &u, kind == PRIVATE_ED25519));
	m->f->C_CloseSession(session);
	return r;
}

/* --- its public part --- */

static const uint8_t spki_p256[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
	0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42,
	0x00 };
static const uint8_t spki_ed25519[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03,
	0x21, 0x00 };

/* CKA_EC_POINT is the point in an OCTET STRING; some tokens leave that out. */
static int
spki_of(struct span point, bool ed, struct arena *a, struct span *out)
{
	size_t want = ed ? RAW : POINT;
	struct span head = ed ? (struct span){ spki_ed25519, sizeof(spki_ed25519) }
			      : (struct span){ spki_p256, sizeof(spki_p256) };

	if (point.len == want + 2 && point.ptr[0] == 4 && point.ptr[1] == want)
		point = span_from(point, 2);
	if (point.len != want || (!ed && point.ptr[0] != 4))
		return -ENOTSUP;
	uint8_t *der = arena_bytes(a, head.len + want);
	if (!der)
		return arena_error(a);
	memcpy(der, head.ptr, head.len);
	memcpy(&der[head.len], point.ptr, want);
	*out = (struct span){ der, head.len + want };
	return 0;
}

int
token_public(struct token_module *m, const struct token_uri *uri, struct span pin,
	enum private_kind kind, struct arena *a, struct span *spki)
{
	uint8_t point[TOKEN_SPKI];
	CK_ATTRIBUTE wanted = { CKA_EC_POINT, point, sizeof(point) };
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	int r = open_session(m, uri, pin, false, &session);

	if (r != 0)
		return r;
	r = find_object(m, session, uri, CKO_PUBLIC_KEY, &key);
	if (r == 0)
		r = error_of(m->f->C_GetAttributeValue(session, key, &wanted, 1));
	if (r == 0)
		r = spki_of((struct span){ point, wanted.ulValueLen }, kind == PRIVATE_ED25519, a,
			spki);
	m->f->C_CloseSession(session);
	return r;
}

/* --- signing --- */

static int
sign_there(struct token_key *k, bool ed, struct span bytes, uint8_t out[SIGNATURE])
{
	CK_MECHANISM mechanism = { ed ? CKM_EDDSA : CKM_ECDSA, NULL, 0 };
	CK_FUNCTION_LIST *f = k->module->f;
	CK_ULONG len = SIGNATURE;
	uint8_t md[32];

	if (!ed) {
		int r = digest_of(k->kit, DIGEST_SHA256, bytes, md);
		if (r != 0)
			return r;
		bytes = (struct span){ md, sizeof(md) };
	}
	CK_RV rv = f->C_SignInit(k->session, &mechanism, k->key);
	if (rv == CKR_OK)
		rv = f->C_Sign(k->session, (CK_BYTE *)(uintptr_t)bytes.ptr, bytes.len, out, &len);
	return rv != CKR_OK ? error_of(rv) : len == SIGNATURE ? 0 : -EIO;
}

static int
sign(const struct signer *self, struct arena *a, struct span bytes, struct span *out)
{
	struct token_key *k = self->self;
	uint8_t *p = arena_bytes(a, SIGNATURE);

	if (!p)
		return arena_error(a);
	pthread_mutex_lock(&k->lock);
	int r = sign_there(k, self->alg == SIG_EDDSA, bytes, p);
	pthread_mutex_unlock(&k->lock);
	if (r == 0)
		*out = (struct span){ p, SIGNATURE };
	return r;
}

int
token_open(struct token_module *m, const struct token_uri *uri, struct span pin, enum sig_alg alg,
	struct signer *out)
{
	struct token_key *k = calloc(1, sizeof(*k));
	struct kit *kit = kit_new();
	int r = k && kit ? open_session(m, uri, pin, false, &k->session) : -ENOMEM;

	if (r == 0 && (r = find_object(m, k->session, uri, CKO_PRIVATE_KEY, &k->key)) != 0)
		m->f->C_CloseSession(k->session);
	if (r != 0) {
		kit_free(kit);
		free(k);
		return r;
	}
	k->module = m;
	k->kit = kit;
	pthread_mutex_init(&k->lock, NULL);
	out->alg = alg;
	out->sign = sign;
	out->self = k;
	return 0;
}

void
token_close(struct signer *s)
{
	struct token_key *k = s->self;

	k->module->f->C_CloseSession(k->session);
	pthread_mutex_destroy(&k->lock);
	kit_free(k->kit);
	free(k);
	*s = (struct signer){ 0 };
}
