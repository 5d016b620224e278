/* aid_keys.c - the set of keys that tests share. */
#include "tests/keys/aid_keys.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

const struct keys_identity aid_who = { { (const uint8_t *)"https://gateway.example", 23 },
	{ (const uint8_t *)"AQ", 2 }, { (const uint8_t *)"Test Gateway", 12 } };

int
aid_keys_make(struct aid_keys *a)
{
	struct keys *k;
	size_t made = 0;

	aid_folder_make(&a->folder);
	aid_begin(&a->aid);
	a->dir = aid_keys_path(a, "keys");
	assert_int_equal(keys_create(a->dir, PASSPHRASE, &aid_who, &k), 0);
	assert_int_equal(keys_new_all(k, KEYS_NOW, &made), 0);
	assert_int_equal(made, PURPOSE_COUNT);
	keys_close(k);
	return 0;
}

int
aid_keys_drop(struct aid_keys *a)
{
	aid_end(&a->aid);
	aid_folder_drop(&a->folder);
	return 0;
}

struct keys *
aid_keys_open(const struct aid_keys *a)
{
	struct keys *k = NULL;

	assert_int_equal(keys_open(a->dir, PASSPHRASE, &k), 0);
	return k;
}

const char *
aid_keys_path(struct aid_keys *a, const char *name)
{
	return aid_path(a->aid.arena, &a->folder, name);
}
