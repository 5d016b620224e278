/* test_process.c - the signer as a process of its own: it signs what its keys sign, refuses the rest, has no
 * network, survives its own death, and ends with us. */
#include "gateway/keys/process/process_impl.h"
#include "tests/keys/aid_keys.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct aid_keys all;

static int
open_all(void **state)
{
	(void)state;
	return aid_keys_make(&all);
}

static int
close_all(void **state)
{
	(void)state;
	return aid_keys_drop(&all);
}

static int
open_keys(void *arg, struct keys **out)
{
	return keys_open(arg, PASSPHRASE, out);
}

static int64_t
then(void)
{
	return KEYS_NOW;
}

static struct signer_setup
setup(void)
{
	return (struct signer_setup){ .open = open_keys,
		.arg = (void *)(uintptr_t)all.dir,
		.clock = then,
		.channels = 3,
		.timeout = 20000 };
}

struct pair {
	struct signer_process *process;
	struct keys *keys; /* public */
};

static struct pair
started(const struct signer_setup *s)
{
	struct pair p = { 0 };

	assert_int_equal(signer_start(s, &p.process), 0);
	assert_int_equal(keys_open(all.dir, SPAN_NONE, &p.keys), 0);
	keys_attach(p.keys, p.process);
	return p;
}

static void
stopped(struct pair *p)
{
	keys_close(p->keys);
	signer_stop(p->process);
}

static int
sign(struct pair *p, enum key_purpose purpose, struct span bytes, struct span *out)
{
	const struct own_key *o = keys_active(p->keys, purpose, KEYS_NOW);
	struct signer s;

	assert_int_equal(keys_signer(p->keys, o, &s), 0);
	return s.sign(&s, all.aid.arena, bytes, out);
}

static bool
good(struct pair *p, enum key_purpose purpose, struct span bytes, struct span signature)
{
	const struct own_key *o = keys_active(p->keys, purpose, KEYS_NOW);
	struct proof proof = { .alg = o->alg,
		.accept = SIG_BIT(o->alg),
		.signed_bytes = bytes,
		.signature = signature };
	enum key_result result = KEY_MISMATCH;

	assert_int_equal(key_verify(o->key, &proof, all.aid.kit, &result), 0);
	return result == KEY_VALID;
}

static void
test_signs(void **state)
{
	static const enum key_purpose purposes_tried[] = { PURPOSE_DCC, PURPOSE_SHC,
		PURPOSE_VC_EDDSA, PURPOSE_VC_ECDSA, PURPOSE_WHO, PURPOSE_ICAO, PURPOSE_LIST };
	const struct span bytes[] = { COSE, JWS, DIGESTS, DIGESTS, COSE, SEAL, PROOF };
	struct signer_setup s = setup();
	struct pair p = started(&s);
	struct span out;

	(void)state;
	assert_int_equal(keys_unlock(p.keys, KEYS_NOW), 0);
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(sign(&p, purposes_tried[i], bytes[i], &out), 0);
		assert_true(good(&p, purposes_tried[i], bytes[i], out));
		assert_int_equal(sign(&p, purposes_tried[i], SPAN_LIT("anything"), &out), -EPERM);
		assert_int_equal(sign(&p, purposes_tried[i], SPAN_LIT(""), &out), -EPERM);
		assert_null(
			own_entry_of(keys_active(p.keys, purposes_tried[i], KEYS_NOW))->private);
	}
	assert_int_equal(sign(&p, PURPOSE_CSCA_DCC, TBS, &out), -EPERM);
	stopped(&p);
}

static void
test_sizes(void **state)
{
	struct signer_setup s = setup();
	struct pair p = started(&s);
	struct span out = SPAN_NONE;
	static const size_t sizes[] = { 20, 4096, 65536, KEYS_SIGNED_MAX, KEYS_SIGNED_MAX + 1 };
	uint8_t *text = malloc(KEYS_SIGNED_MAX + 1);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < KEYS_SIGNED_MAX + 1; i++)
		text[i] = i < 20 ? (uint8_t) "eyJhbGciOiJFUzI1NiJ9.e30"[i] : 'A';
	text[10] = '.';
	for (size_t i = 0; i < 5; i++) {
		struct span bytes = { text, sizes[i] };
		bool fits = sizes[i] <= KEYS_SIGNED_MAX;
		assert_int_equal(sign(&p, PURPOSE_SHC, bytes, &out), fits ? 0 : -EPERM);
		assert_true(!fits || good(&p, PURPOSE_SHC, bytes, out));
	}
	free(text);
	stopped(&p);
}

/* --- messages that our own side never sends --- */

static void
test_messages(void **state)
{
	struct signer_setup s = setup();
	struct pair p = started(&s);
	static const struct {
		uint32_t kind, purpose, name_len;
		const char *name;
		int error;
	} rows[] = {
		{ WIRE_SIGN, PURPOSE_SHC, 5, "shc-1", 0 },
		{ WIRE_SIGN, PURPOSE_VC_ECDSA, 5, "shc-1", -EPERM }, /* of another purpose */
		{ WIRE_SIGN, PURPOSE_SHC, 5, "shc-2", -EPERM },
		{ WIRE_SIGN, PURPOSE_SHC, 4, "shc-1", -EPERM },
		{ WIRE_SIGN, PURPOSE_SHC, 0, "", -EPERM },
		{ WIRE_SIGN, PURPOSE_SHC, KEYS_NAME + 1, "shc-1", -EPERM },
		{ WIRE_SIGN, PURPOSE_SHC, UINT32_MAX, "shc-1", -EPERM },
		{ WIRE_SIGN, PURPOSE_COUNT, 5, "shc-1", -EPERM },
		{ WIRE_SIGN, PURPOSE_CA_SHC, 8, "ca-shc-1", -EPERM },
		{ 0, PURPOSE_SHC, 5, "shc-1", -EINVAL },
		{ 77, PURPOSE_SHC, 5, "shc-1", -EINVAL },
	};
	int fd = p.process->channels[0].fd;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t message[sizeof(struct wire_request) + 24], in[WIRE_ANSWER_MAX];
		struct wire_request q = { 4000 + (uint32_t)i, rows[i].kind, rows[i].purpose,
			rows[i].name_len, "" };
		struct wire_answer a;
		memcpy(q.name, rows[i].name, strlen(rows[i].name));
		memcpy(message, &q, sizeof(q));
		memcpy(&message[sizeof(q)], JWS.ptr, JWS.len);
		assert_int_equal(send(fd, message, sizeof(q) + JWS.len, 0), sizeof(q) + JWS.len);
		assert_true(send(fd, message, 7, 0) == 7); /* too short: no answer */
		ssize_t n = recv(fd, in, sizeof(in), 0);
		assert_true(n >= (ssize_t)sizeof(a));
		memcpy(&a, in, sizeof(a));
		assert_int_equal(a.id, q.id);
		assert_int_equal(a.error, rows[i].error);
		assert_int_equal(n - (ssize_t)sizeof(a), rows[i].error ? 0 : 64);
	}
	stopped(&p);
}

/* --- lives and deaths --- */

/* The keeper's only child. */
static pid_t
signer_of(pid_t keeper)
{
	char path[64], text[64];
	size_t n = 0;

	for (int tries = 0; tries < 100 && n == 0; tries++) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d/children", keeper, keeper);
		FILE *f = fopen(path, "r");
		assert_non_null(f);
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
		if (n == 0)
			usleep(20000);
	}
	text[n] = '\0';
	return (pid_t)strtol(text, NULL, 10);
}

static void
test_killed(void **state)
{
	struct signer_setup s = setup();
	struct pair p = started(&s);
	struct span out;

	(void)state;
	for (int round = 0; round < 2; round++) {
		pid_t signer = signer_of(p.process->keeper);
		assert_true(signer > 0);
		assert_int_equal(kill(signer, SIGKILL), 0);
		/* asked while it is away: answered when it is there again */
		assert_int_equal(sign(&p, PURPOSE_SHC, JWS, &out), 0);
		assert_true(good(&p, PURPOSE_SHC, JWS, out));
		assert_int_not_equal(signer_of(p.process->keeper), signer);
	}
	stopped(&p);
}

static void
test_stopped_signer(void **state)
{
	struct signer_setup s = setup();
	struct span out = SPAN_NONE;

	(void)state;
	s.timeout = 200;
	s.channels = 1;
	struct pair p = started(&s);
	pid_t signer = signer_of(p.process->keeper);
	assert_int_equal(kill(signer, SIGSTOP), 0);
	assert_int_equal(sign(&p, PURPOSE_SHC, JWS, &out), -EAGAIN);
	assert_null(out.ptr);
	assert_int_equal(kill(signer, SIGCONT), 0);
	usleep(50000);
	/* the late answer to what was given up is nobody else's */
	assert_int_equal(sign(&p, PURPOSE_VC_EDDSA, DIGESTS, &out), 0);
	assert_true(good(&p, PURPOSE_VC_EDDSA, DIGESTS, out));
	stopped(&p);
}

static void
test_keeper_killed(void **state)
{
	struct signer_setup s = setup();
	struct pair p = started(&s);
	struct span out;

	(void)state;
	pid_t signer = signer_of(p.process->keeper);
	assert_int_equal(kill(p.process->keeper, SIGKILL), 0);
	assert_int_equal(waitpid(p.process->keeper, NULL, 0), p.process->keeper);
	for (int i = 0; i < 100 && kill(signer, 0) == 0; i++)
		usleep(20000);
	assert_int_equal(sign(&p, PURPOSE_SHC, JWS, &out), -EAGAIN);
	p.process->keeper = -1;
	stopped(&p);
}

/* When the gateway is gone, however, nothing of it stays. */
static void
test_orphan(void **state)
{
	int ends[2];
	pid_t pids[2] = { 0, 0 };

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t gateway = fork();
	if (gateway == 0) {
		struct signer_setup s = setup();
		struct signer_process *p;
		if (signer_start(&s, &p) != 0)
			_exit(1);
		pids[0] = p->keeper;
		pids[1] = signer_of(p->keeper);
		ssize_t n = write(ends[1], pids, sizeof(pids));
		(void)n;
		raise(SIGKILL);
	}
	assert_int_equal(read(ends[0], pids, sizeof(pids)), sizeof(pids));
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(waitpid(gateway, NULL, 0), gateway);
	for (size_t i = 0; i < 2; i++) {
		char path[64];
		bool there = true;
		for (int tries = 0; there && tries < 200; tries++) {
			snprintf(path, sizeof(path), "/proc/%d/exe", pids[i]);
			char target[8];
			there = readlink(path, target, sizeof(target)) > 0;
			usleep(10000);
		}
		assert_false(there);
	}
}

static void
test_start_faults(void **state)
{
	struct signer_setup s = setup();
	struct signer_process *p = NULL;

	(void)state;
	s.arg = (void *)(uintptr_t) "/nowhere/at/all";
	assert_int_equal(signer_start(&s, &p), -ENOENT);
	s = setup();
	s.channels = 0;
	assert_int_equal(signer_start(&s, &p), -EINVAL);
	s.channels = SIGNER_CHANNELS + 1;
	assert_int_equal(signer_start(&s, &p), -EINVAL);
	assert_null(p);
	signer_stop(NULL);
}

/* --- keys made while it runs --- */

static void
test_reload(void **state)
{
	struct signer_setup s = setup();
	const char *dir = aid_keys_path(&all, "growing");
	struct key_request r = { .purpose = PURPOSE_VC_EDDSA, .now = KEYS_NOW, .from = KEYS_NOW };
	struct keys *k, *shown;
	struct signer_process *process;
	struct signer first, second;
	struct span out;

	(void)state;
	s.arg = (void *)(uintptr_t)dir;
	assert_int_equal(keys_create(dir, PASSPHRASE, &aid_who, &k), 0);
	assert_int_equal(keys_new(k, &r, NULL), 0);
	assert_int_equal(signer_start(&s, &process), 0);
	assert_int_equal(keys_open(dir, SPAN_NONE, &shown), 0);
	keys_attach(shown, process);
	assert_int_equal(keys_refresh(shown), 0); /* nothing new */
	const struct own_key *old = keys_active(shown, PURPOSE_VC_EDDSA, KEYS_NOW);
	assert_int_equal(keys_signer(shown, old, &first), 0);
	assert_int_equal(keys_new(k, &r, NULL), 0); /* its successor */
	assert_int_equal(keys_count(shown), 1);
	assert_int_equal(keys_refresh(shown), 0);
	assert_int_equal(keys_count(shown), 2);
	const struct own_key *new = keys_active(shown, PURPOSE_VC_EDDSA, KEYS_NOW);
	assert_true(span_is(new->name, "vc-eddsa-2"));
	assert_int_equal(keys_signer(shown, new, &second), 0);
	assert_int_equal(second.sign(&second, all.aid.arena, JWS, &out), 0);
	/* what was handed out is still there, but signs no more */
	assert_true(span_is(old->name, "vc-eddsa-1"));
	assert_int_equal(first.sign(&first, all.aid.arena, JWS, &out), -EPERM);
	/* withdrawn is withdrawn, though an older copy of the index comes back */
	struct span index = aid_read(all.aid.arena, aid_keys_path(&all, "growing/index.json"));
	assert_int_equal(keys_retire(k, new->name, KEYS_NOW, true), 0);
	assert_int_equal(keys_refresh(shown), 0);
	assert_null(keys_active(shown, PURPOSE_VC_EDDSA, KEYS_NOW));
	aid_write(&all.folder, "growing/index.json", index);
	assert_int_equal(keys_refresh(shown), 0);
	assert_null(keys_active(shown, PURPOSE_VC_EDDSA, KEYS_NOW));
	/* a damaged one is not taken, and the signer is left in peace */
	aid_write_text(&all.folder, "growing/index.json", "{");
	assert_int_equal(keys_refresh(shown), -EBADMSG);
	assert_int_equal(keys_count(shown), 2);
	assert_int_equal(second.sign(&second, all.aid.arena, JWS, &out), 0);
	keys_close(shown);
	keys_close(k);
	signer_stop(process);
}

/* --- many at once --- */

struct crowd {
	struct pair *pair;
	int failed;
};

static void *
sign_often(void *arg)
{
	struct crowd *c = arg;
	struct arena *a = arena_new(1 << 20);
	const struct own_key *o = keys_active(c->pair->keys, PURPOSE_SHC, KEYS_NOW);
	struct signer s;

	if (keys_signer(c->pair->keys, o, &s) != 0)
		c->failed++;
	for (int i = 0; i < 100; i++) {
		struct span out;
		if (s.sign(&s, a, JWS, &out) != 0 || out.len != 64)
			c->failed++;
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

static void
test_crowd(void **state)
{
	struct signer_setup s = setup();
	struct pair p = started(&s);
	pthread_t threads[8];
	struct crowd crowds[8];

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		crowds[i] = (struct crowd){ &p, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, sign_often, &crowds[i]), 0);
	}
	usleep(3000);
	assert_int_equal(signer_reload(p.process), 0);
	assert_int_equal(keys_refresh(p.keys), 0);
	for (size_t i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(crowds[i].failed, 0);
	}
	stopped(&p);
}

/* --- the sandbox --- */

static void
test_sandbox(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		int bad = sandbox_hide() != 0 ? 64 : 0;
		bad |= sandbox_enter(false) != 0 ? 32 : 0;
		bad |= socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM ? 1 : 0;
		bad |= fopen("/etc/passwd", "r") || errno != EPERM ? 2 : 0;
		bad |= fork() >= 0 || errno != EPERM ? 4 : 0;
		bad |= execl("/bin/true", "true", (char *)NULL) >= 0 || errno != EPERM ? 8 : 0;
		bad |= malloc(1 << 20) ? 0 : 16;
		_exit(bad);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_stopped_signer),
		cmocka_unit_test(test_keeper_killed),
		cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_start_faults),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_sandbox),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
