/* test_reload.c - lists of a running gateway: better ones are taken, bad and older ones kept out, each for itself. */
#include "gateway/cli/demo/demo.h"
#include "gateway/cli/serve/serve.h"
#include "tests/http/net.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { DAY = 86400 };

static char world[] = "/tmp/vidimus-reload-XXXXXX";
static struct session session;

static void
shell(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && %s", world, command);
	assert_int_equal(system(line), 0);
}

/* A world of keys of its own, whose lists were issued so many days ago. */
static void
make_lists(const char *folder, int days)
{
	struct demo d = { .dir = world,
		.now = clock_now() - days * DAY,
		.arena = arena_new(1 << 26),
		.kit = kit_new() };
	char line[64];

	assert_true(d.arena && d.kit);
	d.work = (struct work){ d.arena, &d.report, &limits_default, d.kit, d.now };
	snprintf(line, sizeof(line), "mkdir -p %s", folder);
	shell(line);
	assert_int_equal(dcc_make_keys(&d), 0);
	assert_int_equal(dcc_write_lists(&d, folder), 0);
	dcc_drop_keys(&d);
	kit_free(d.kit);
	arena_free(d.arena);
}

static void
configure(const char *text)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/vidimus.conf", world);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(session_open(&session), 0);
	struct span copy = arena_copy(session.arena, span_of(path));
	assert_non_null(copy.ptr);
	assert_int_equal(session_configure(&session, (const char *)copy.ptr), 0);
}

static const char two_lists[] = "[source \"cbor\"]\npath = now/cbor-list.cbor\nsignature = "
				"now/cbor-list.cose\npin = now/cbor-list.pin.pem\n"
				"country = TF\n[source \"one\"]\npath = now/AQ_acceptance.pem\n"
				"[log]\nlevel = error\n";

static const uint8_t *
first_kid(const struct trust *t, size_t source)
{
	for (size_t i = 0; i < trust_key_count(t); i++)
		if (trust_key_at(t, i)->source == trust_source_at(t, source))
			return trust_key_at(t, i)->kid.ptr;
	return NULL;
}

static bool
same_key(const struct trust *a, const struct trust *b, size_t source)
{
	const uint8_t *x = first_kid(a, source), *y = first_kid(b, source);

	return x && y && memcmp(x, y, 8) == 0;
}

struct step {
	const char *command; /* on the files, before the reload */
	bool taken; /* a new snapshot came */
	bool cbor, one; /* the list still has the key that it had before */
	const char *refused; /* of both lists */
};

static const struct step steps[] = {
	{ "true", true, true, true, "00" },
	{ "cp new/* now/", true, false, false, "00" },
	{ "cp old/cbor-list.* now/", true, true, true,
		"10" }, /* a rollback: the other is the same */
	{ "cp old/* now/", true, true, false, "10" },
	{ "cp new/* now/ && echo x >now/cbor-list.cbor && cp old/AQ_acceptance.pem now/", true,
		true, true, "10" },
	{ "cp new/AQ_acceptance.pem now/", true, true, false, "10" },
	{ "echo x >now/AQ_acceptance.pem", false, true, true, "11" },
	{ "cp new/* now/", true, true, true, "00" },
	{ "cp new/* now/ && echo x >now/cbor-list.pin.pem", true, true, true, "10" },
	{ "cp new/* now/ && rm now/cbor-list.cose", true, true, true, "10" },
	{ "rm -r now/*", false, true, true, "11" },
	{ "cp last/* now/", true, false, false, "00" },
};

static void
each_list_stands_for_itself(void **state)
{
	struct lists *l;

	(void)state;
	shell("mkdir now && cp first/* now/");
	configure(two_lists);
	assert_int_equal(lists_open(&session, &l), 0);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct trust *before = trust_ref(lists_trust(l));
		shell(steps[i].command);
		struct trust *t = lists_reload(l);
		assert_ptr_equal(t ? t : before, lists_trust(l));
		if ((t != NULL) != steps[i].taken ||
			same_key(before, lists_trust(l), 0) != steps[i].cbor ||
			same_key(before, lists_trust(l), 1) != steps[i].one ||
			lists_refused(l, 0) != (steps[i].refused[0] == '1') ||
			lists_refused(l, 1) != (steps[i].refused[1] == '1'))
			fail_msg("step %zu: %s", i, steps[i].command);
		trust_unref(t);
		trust_unref(before);
	}
	lists_close(l);
	session_close(&session);
}

/* What was never good can't be kept, and is taken as soon as it is. */
static void
bad_at_start_gets_better(void **state)
{
	struct lists *l;

	(void)state;
	shell("rm -rf now && mkdir now && cp first/AQ_acceptance.pem now/");
	configure(two_lists);
	assert_int_equal(lists_open(&session, &l), 0);
	assert_non_null(trust_source_at(lists_trust(l), 0)->fault);
	assert_null(trust_source_at(lists_trust(l), 1)->fault);
	assert_true(lists_refused(l, 0));
	assert_false(lists_refused(l, 1));
	shell("rm now/AQ_acceptance.pem");
	struct trust *t = lists_reload(
		l); /* the one kept, the other still bad: a snapshot like before */
	assert_non_null(t);
	assert_null(trust_source_at(t, 1)->fault);
	trust_unref(t);
	shell("cp first/* now/");
	t = lists_reload(l);
	assert_non_null(t);
	assert_null(trust_source_at(t, 0)->fault);
	assert_int_equal(trust_key_count(t), 2);
	trust_unref(t);
	lists_close(l);
	session_close(&session);
}

static void
hang_up_and_wait(const struct net *n, const char *metric, long long value)
{
	kill(getpid(), SIGHUP);
	for (int i = 0; i < 500 && net_metric(n, metric) != value; i++)
		usleep(10000);
	assert_int_equal(net_metric(n, metric), value);
}

/* A running gateway: one byte of the signed list differs, and is right again. */
static void
a_refused_list_raises_the_alarm(void **state)
{
	static const char alarm[] = "vidimus_trust_source_refused{source=\"cbor\"}";
	static const char other[] = "vidimus_trust_source_refused{source=\"one\"}";
	static const char keys[] = "vidimus_trust_keys{source=\"cbor\"}";
	struct net n = net_defaults();
	struct lists *l;

	(void)state;
	shell("rm -rf now && mkdir now && cp first/* now/");
	configure(two_lists);
	assert_int_equal(lists_open(&session, &l), 0);
	n.trust = lists_trust(l);
	n.reload = lists_reload;
	n.refused = lists_refused;
	n.reload_arg = l;
	n.signals = true;
	net_start(&n);
	long long before = net_metric(&n, keys);
	assert_int_equal(net_metric(&n, alarm), 0);
	shell("printf X | dd of=now/cbor-list.cbor bs=1 seek=40 conv=notrunc status=none");
	hang_up_and_wait(&n, alarm, 1);
	assert_int_equal(net_metric(&n, other), 0);
	assert_true(before > 0);
	assert_int_equal(net_metric(&n, keys), before);
	shell("cp new/* now/");
	hang_up_and_wait(&n, alarm, 0);
	assert_int_equal(net_metric(&n, keys), before);
	net_stop(&n);
	lists_close(l);
	session_close(&session);
}

static void
no_list_at_all(void **state)
{
	struct lists *l;

	(void)state;
	configure("[log]\nlevel = error\n");
	assert_int_equal(lists_open(&session, &l), 0);
	struct trust *t = lists_reload(l);
	assert_non_null(t);
	assert_int_equal(trust_key_count(t), 0);
	trust_unref(t);
	lists_close(l);
	session_close(&session);
}

static int
make_worlds(void **state)
{
	(void)state;
	if (!mkdtemp(world))
		return -1;
	make_lists("first", 3);
	make_lists("new", 2);
	make_lists("old", 9);
	make_lists("last", 1);
	return 0;
}

static int
remove_worlds(void **state)
{
	char line[64];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf %s", world);
	return system(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_list_stands_for_itself),
		cmocka_unit_test(bad_at_start_gets_better),
		cmocka_unit_test(a_refused_list_raises_the_alarm),
		cmocka_unit_test(no_list_at_all),
	};

	return cmocka_run_group_tests(tests, make_worlds, remove_worlds);
}
