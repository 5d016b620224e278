/* test_token.c - keys in a token: SoftHSM stands for what an operator has.  Where it is not installed, all
 * but the URIs is skipped. */
#include "codecs/base/buf.h"
#include "gateway/keys/process/process.h"
#include "gateway/keys/token/token.h"
#include "tests/keys/aid_keys.h"

#include <dlfcn.h>
#include <errno.h>
#include <p11-kit/pkcs11.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PIN SPAN_LIT("4711-pin")

/* What the module itself does not give back is no leak of ours, and it is gone when leaks are looked for. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return 1;
}

static struct aid_folder folder;
static struct aid_work aid;
static const char *module; /* NULL: there is none */

static const char *
find_module(void)
{
	static const char *const places[] = { "/usr/lib/softhsm/libsofthsm2.so",
		"/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
		"/usr/lib64/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so" };

	for (size_t i = 0; i < 4; i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	return NULL;
}

static int
open_all(void **state)
{
	struct buf conf;

	(void)state;
	aid_folder_make(&folder);
	aid_begin(&aid);
	module = find_module();
	if (!module || system("softhsm2-util --version >/dev/null 2>&1") != 0) {
		puts("skipped: SoftHSM is not installed");
		module = NULL;
		return 0;
	}
	aid_write_text(&folder, "tokens/.keep", "");
	conf = buf_in(aid.arena, 1024);
	buf_str(&conf, "directories.tokendir = ");
	buf_str(&conf, aid_path(aid.arena, &folder, "tokens"));
	buf_str(&conf, "\nobjectstore.backend = file\nlog.level = ERROR\n");
	aid_write(&folder, "softhsm2.conf", buf_span(&conf));
	setenv("SOFTHSM2_CONF", aid_path(aid.arena, &folder, "softhsm2.conf"), 1);
	return system("softhsm2-util --init-token --free --label gateway --pin 4711-pin --so-pin "
		      "0815-so >/dev/null");
}

static int
close_all(void **state)
{
	(void)state;
	aid_end(&aid);
	aid_folder_drop(&folder);
	return 0;
}

static void
test_uris(void **state)
{
	static const struct {
		const char *text, *token, *object;
		size_t id_len; /* SIZE_MAX: refused */
	} rows[] = {
		{ "pkcs11:token=a;object=b", "a", "b", 0 },
		{ "pkcs11:object=b;token=a;type=private", "a", "b", 0 },
		{ "pkcs11:token=my%20token;object=b%2D1;id=%00%FF", "my token", "b-1", 2 },
		{ "pkcs11:token=a", NULL, NULL, SIZE_MAX },
		{ "pkcs11:object=b", NULL, NULL, SIZE_MAX },
		{ "pkcs11:", NULL, NULL, SIZE_MAX },
		{ "PKCS11:token=a;object=b", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=a;object=b;object=c", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=;object=b", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=a%00b;object=b", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=a%2;object=b", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=a b;object=b", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=a;object=b;type=public", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=a;object=b;slot-id=1", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=a;object=b?pin-value=1234", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=a;object=b?module-path=/tmp/x.so", NULL, NULL, SIZE_MAX },
		{ "pkcs11:token=123456789012345678901234567890123;object=b", NULL, NULL, SIZE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct token_uri u;
		int r = token_uri_read(span_of(rows[i].text), &u);
		if (r != (rows[i].id_len == SIZE_MAX ? -EINVAL : 0))
			fail_msg("%s: %d", rows[i].text, r);
		if (r != 0)
			continue;
		assert_string_equal(u.token, rows[i].token);
		assert_string_equal(u.object, rows[i].object);
		assert_int_equal(u.id_len, rows[i].id_len);
	}
}

static struct keys *
created(const char *name, struct span pin)
{
	struct keys *k;

	assert_int_equal(
		keys_create(aid_path(aid.arena, &folder, name), PASSPHRASE, &aid_who, &k), 0);
	assert_int_equal(keys_token(k, span_of(module), pin), 0);
	return k;
}

static int
make(struct keys *k, enum key_purpose p, const char *uri, bool generate)
{
	struct key_request r = { .purpose = p,
		.now = KEYS_NOW,
		.from = KEYS_NOW,
		.token = uri ? span_of(uri) : SPAN_NONE,
		.generate = generate };

	return keys_new(k, &r, NULL);
}

static void
sign_one(struct keys *k, enum key_purpose p, struct span bytes)
{
	const struct own_key *o = keys_active(k, p, KEYS_NOW);
	enum key_result result = KEY_MISMATCH;
	struct signer s;
	struct span out;

	assert_non_null(o);
	assert_int_equal(keys_signer(k, o, &s), 0);
	assert_int_equal(s.sign(&s, aid.arena, bytes, &out), 0);
	assert_int_equal(s.sign(&s, aid.arena, SPAN_LIT("else"), &(struct span){ 0 }), -EPERM);
	struct proof proof = {
		.alg = o->alg, .accept = SIG_BIT(o->alg), .signed_bytes = bytes, .signature = out
	};
	assert_int_equal(key_verify(o->key, &proof, aid.kit, &result), 0);
	assert_int_equal(result, KEY_VALID);
}

/* An authority in the token, too: its certificates are signed there. */
static void
test_keys(void **state)
{
	struct keys *k;

	(void)state;
	if (!module)
		skip();
	k = created("keys", PIN);
	assert_int_equal(make(k, PURPOSE_CSCA_DCC, "pkcs11:token=gateway;object=csca", true), 0);
	assert_int_equal(make(k, PURPOSE_DCC, "pkcs11:token=gateway;object=dcc", true), 0);
	assert_int_equal(make(k, PURPOSE_VC_EDDSA, "pkcs11:token=gateway;object=vc", true), 0);
	assert_int_equal(make(k, PURPOSE_VC_ECDSA, NULL, false), 0);
	for (int round = 0; round < 2; round++) { /* as made, and as read again */
		sign_one(k, PURPOSE_DCC, COSE);
		sign_one(k, PURPOSE_VC_EDDSA, DIGESTS);
		sign_one(k, PURPOSE_VC_ECDSA, DIGESTS);
		assert_true(keys_active(k, PURPOSE_DCC, KEYS_NOW)->token);
		assert_false(keys_active(k, PURPOSE_VC_ECDSA, KEYS_NOW)->token);
		keys_close(k);
		k = created("keys", PIN);
		assert_int_equal(keys_unlock(k, KEYS_NOW), 0);
	}
	assert_true(span_eq(keys_active(k, PURPOSE_DCC, KEYS_NOW)->authority,
		keys_active(k, PURPOSE_CSCA_DCC, KEYS_NOW)->cert));
	keys_close(k);
	/* nothing of the PIN on disk */
	struct span index = aid_read(aid.arena, aid_path(aid.arena, &folder, "keys/index.json"));
	assert_null(strstr((const char *)arena_copy(aid.arena, index).ptr, "4711"));
	assert_int_equal(access(aid_path(aid.arena, &folder, "keys/dcc-1.key.pem"), F_OK), -1);
}

static void
test_faults(void **state)
{
	static const struct {
		const char *uri;
		bool generate;
		int error;
	} rows[] = {
		{ "pkcs11:token=nowhere;object=x", true, -ENODEV },
		{ "pkcs11:token=gateway;object=missing", false, -ENOKEY },
		{ "pkcs11:token=gateway;object=there", true, 0 },
		{ "pkcs11:token=gateway;object=there", true, -EEXIST },
		{ "pkcs11:token=gateway;object=there;id=%01", false, -ENOKEY },
		{ "pkcs11:token=gateway;object=there", false,
			0 }, /* imported: the same key again */
		{ "pkcs11:object=there", false, -EINVAL },
	};
	struct keys *k;
	struct signer s;

	(void)state;
	if (!module)
		skip();
	k = created("faults", PIN);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = make(k, PURPOSE_VC_ECDSA, rows[i].uri, rows[i].generate);
		if (r != rows[i].error)
			fail_msg("%s: %d", rows[i].uri, r);
	}
	assert_int_equal(keys_count(k), 2);
	/* a key of another kind than its purpose's */
	assert_int_not_equal(
		make(k, PURPOSE_VC_EDDSA, "pkcs11:token=gateway;object=there", false), 0);
	keys_close(k);
	static const struct {
		const char *pin;
		int error;
	} pins[] = { { "", -EACCES }, { "0000-pin", -EKEYREJECTED } };
	for (size_t i = 0; i < 2; i++) {
		k = created("faults", span_of(pins[i].pin));
		assert_int_equal(keys_signer(k, keys_at(k, 0), &s), pins[i].error);
		keys_close(k);
	}
	k = created("faults", PIN);
	assert_int_equal(keys_token(k, SPAN_LIT("/nowhere/module.so"), PIN), 0);
	assert_int_equal(keys_signer(k, keys_at(k, 0), &s), -ELIBACC);
	keys_close(k);
	k = created("faults", PIN);
	assert_int_equal(keys_token(k, SPAN_LIT("libc.so.6"), PIN), 0);
	assert_int_equal(keys_signer(k, keys_at(k, 0), &s), -ELIBACC);
	keys_close(k);
}

/* Whoever has the PIN can sign, but nobody has the key. */
static void
test_sensitive(void **state)
{
	struct keys *k;
	CK_C_GetFunctionList list;
	CK_FUNCTION_LIST *f;
	CK_ULONG count = 8, found = 0;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	char value[64];
	CK_BBOOL extractable = CK_TRUE, sensitive = CK_FALSE;
	CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, (void *)(uintptr_t) "hidden", 6 } };
	CK_ATTRIBUTE asked[] = { { CKA_EXTRACTABLE, &extractable, 1 },
		{ CKA_SENSITIVE, &sensitive, 1 }, { CKA_VALUE, value, sizeof(value) } };

	(void)state;
	if (!module)
		skip();
	k = created("hidden", PIN);
	assert_int_equal(make(k, PURPOSE_VC_ECDSA, "pkcs11:token=gateway;object=hidden", true), 0);
	void *library = dlopen(module, RTLD_NOW);
	assert_non_null(library);
	*(void **)&list = dlsym(library, "C_GetFunctionList");
	assert_int_equal(list(&f), CKR_OK);
	CK_SLOT_ID slots[8];
	assert_int_equal(f->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
	assert_int_equal(
		f->C_OpenSession(slots[0], CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_OK);
	CK_RV rv = f->C_Login(session, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)PIN.ptr, PIN.len);
	assert_true(rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(f->C_FindObjectsInit(session, wanted, 2), CKR_OK);
	assert_int_equal(f->C_FindObjects(session, &key, 1, &found), CKR_OK);
	f->C_FindObjectsFinal(session);
	assert_int_equal(found, 1);
	assert_int_equal(f->C_GetAttributeValue(session, key, asked, 2), CKR_OK);
	assert_int_equal(extractable, CK_FALSE);
	assert_int_equal(sensitive, CK_TRUE);
	assert_int_equal(
		f->C_GetAttributeValue(session, key, &asked[2], 1), CKR_ATTRIBUTE_SENSITIVE);
	f->C_CloseSession(session);
	dlclose(library);
	keys_close(k);
}

static int
open_keys(void *arg, struct keys **out)
{
	int r = keys_open(arg, PASSPHRASE, out);

	return r ? r : keys_token(*out, span_of(module), PIN);
}

static int64_t
then(void)
{
	return KEYS_NOW;
}

/* In the signer's process, behind its sandbox. */
static void
test_process(void **state)
{
	const char *dir = aid_path(aid.arena, &folder, "keys");
	struct signer_setup s = {
		.open = open_keys, .arg = (void *)(uintptr_t)dir, .clock = then, .channels = 2
	};
	struct signer_process *p;
	struct keys *k;

	(void)state;
	if (!module)
		skip();
	assert_int_equal(signer_start(&s, &p), 0);
	assert_int_equal(keys_open(dir, SPAN_NONE, &k), 0);
	keys_attach(k, p);
	for (int i = 0; i < 20; i++) {
		sign_one(k, PURPOSE_DCC, COSE);
		sign_one(k, PURPOSE_VC_EDDSA, JWS);
		sign_one(k, PURPOSE_VC_ECDSA, JWS);
	}
	keys_close(k);
	signer_stop(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uris),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_sensitive),
		cmocka_unit_test(test_process),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
