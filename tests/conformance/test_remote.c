/* test_remote.c - cases asked of others: our own gateway on a socket, servers that answer nonsense, and commands.
 *
 * Every case that can be carried to the gateway must come out as it does in process.
 */
#include "conformance/case.h"
#include "conformance/run.h"
#include "conformance/suite_impl.h"
#include "conformance/target.h"
#include "gateway/http/server.h"
#include "tests/aid/aid.h"
#include "tests/http/net.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

static int
run(void *arg)
{
	return conformance_run(arg);
}

/* --- our own gateway --- */

/* The trust of the suite's cases, built as of their time. */
static struct trust *
trust_of_cases(struct aid_work *a, struct suite *s, const char *sample)
{
	struct trust *t = NULL;
	struct test_case c;
	struct span text;
	char path[64];

	snprintf(path, sizeof(path), "%s/case.json", sample);
	assert_int_equal(suite_read(s, path, &text), 0);
	json_t *json = json_loadb((const char *)text.ptr, text.len, 0, NULL);
	assert_null(case_read(s, sample, json, &c));
	a->work.now = c.at;
	assert_int_equal(trust_build(&a->work, c.sources, c.source_count, &t), 0);
	json_decref(json);
	return t;
}

/* The cases of a suite, asked of a gateway that trusts whom one of them trusts; what the runner printed. */
static struct span
ask_gateway(struct aid_work *a, const char *name, const char *sample, const char *adapter)
{
	const char *const suites[] = { name };
	struct net n = net_defaults();
	struct policy policy = policy_default;
	struct conformance_options o = { .suites = suites, .suite_count = 1, .adapter = adapter };
	struct server *server;
	struct span out;
	char url[64], folder[64];

	snprintf(folder, sizeof(folder), "conformance/cases/%s", name);
	struct suite *s = suite_open(name, span_of(folder), a->kit);
	struct trust *t = trust_of_cases(a, s, sample);
	policy.env = ENV_DEMO;
	n.config.policies = &policy;
	n.config.policy_count = 1;
	n.config.http.body_document = 65536;
	const struct server_setup setup = { .config = &n.config, .trust = t, .no_signals = true };
	assert_int_equal(server_new(&setup, &server), 0);
	assert_int_equal(server_start(server), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", server_port(server));
	o.target = url;
	int code = aid_capture(a->arena, run, &o, &out, NULL);
	if (code != 0)
		print_error("%s", (const char *)out.ptr);
	assert_int_equal(code, 0);
	assert_non_null(strstr((const char *)out.ptr, " skipped\n"));
	server_free(server);
	trust_unref(t);
	suite_close(s);
	return out;
}

static void
test_a_gateway_answers_as_the_library_does(void **unused)
{
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	ask_gateway(&a, "eu-dcc", "vaccination", NULL);
	aid_end(&a);
}

/* By its own clock: that is later than the cases' dates, or so little earlier that nothing changes. */
static void
test_a_gateway_speaks_the_vc_api(void **unused)
{
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	struct span out = ask_gateway(&a, "vc", "vc-pass", "vc-api");
	assert_null(strstr((const char *)out.ptr, "\n0 passed"));
	aid_end(&a);
}

/* --- servers that are not gateways --- */

struct fake {
	int fd;
	const char *answer;
	char request[4096];
};

static void *
serve_once(void *arg)
{
	struct fake *f = arg;
	int fd = accept(f->fd, NULL, NULL);
	size_t len = 0;

	/* the body of every question ends with its only closing brace */
	while (len < sizeof(f->request) - 1 && !memchr(f->request, '}', len)) {
		ssize_t n = recv(fd, f->request + len, sizeof(f->request) - 1 - len, 0);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	f->request[len] = '\0';
	send(fd, f->answer, strlen(f->answer), MSG_NOSIGNAL);
	close(fd);
	return NULL;
}

static int
listen_anywhere(unsigned *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, len), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	*port = ntohs(in.sin_port);
	return fd;
}

/* What comes of one question to a server that gives this answer; the report or the fault. */
static const char *
ask_other(
	struct aid_work *a, struct fake *f, const char *path, const char *adapter, bool *is_report)
{
	struct question q = { .input = SPAN_LIT("HC1:\"\n"), .at = 0 };
	const char *fault;
	struct span report;
	char url[64];
	unsigned port;
	pthread_t thread;

	f->fd = listen_anywhere(&port);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/%s", port, path);
	struct tested *t = target_open(url, adapter, &fault);
	assert_non_null(t);
	assert_int_equal(pthread_create(&thread, NULL, serve_once, f), 0);
	fault = target_ask(t, &a->work, &q, &report);
	pthread_join(thread, NULL);
	close(f->fd);
	target_close(t);
	*is_report = !fault;
	return fault ? fault : (const char *)arena_copy(a->arena, report).ptr;
}

static const char *
ask_fake(struct aid_work *a, struct fake *f, bool *is_report)
{
	return ask_other(a, f, "", "vidimus", is_report);
}

/* What others say by the VC-API: their status and their word must agree. */
static void
test_answers_of_other_verifiers(void **unused)
{
#define ANSWER(status, json) "HTTP/1.1 " status " x\r\n\r\n" json
	static const struct {
		const char *answer, *got;
	} rows[] = {
		{ ANSWER("200", "{\"verified\":true}"), "{\"verdict\":\"verified\"}" },
		{ ANSWER("200", "{\"checks\":[]}"), "{\"verdict\":\"verified\"}" },
		{ ANSWER("400", "{\"verified\":false}"), "{\"verdict\":\"rejected\"}" },
		{ ANSWER("422", "{}"), "{\"verdict\":\"rejected\"}" },
		{ ANSWER("200", "{\"verified\":false}"),
			"the answer's status and its member \"verified\" contradict each other" },
		{ ANSWER("400", "{\"verified\":true}"),
			"the answer's status and its member \"verified\" contradict each other" },
		{ ANSWER("200", "fine"), "the answer is no JSON" },
		{ ANSWER("500", "{}"), "the gateway gave no report, but status 500" },
		{ ANSWER("204", ""), "the gateway gave no report, but status 204" },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake f = { .answer = rows[i].answer };
		bool report;
		assert_string_equal(
			ask_other(&a, &f, "base/verify", "vc-api", &report), rows[i].got);
		assert_memory_equal(f.request, "POST /base/verify HTTP/1.1\r\n", 28);
		assert_non_null(strstr(f.request, "{\"verifiableCredential\":\"HC1:\\\"\","));
	}
	aid_end(&a);
}

static void
test_answers_of_other_servers(void **unused)
{
#define OK "HTTP/1.1 200 OK\r\n"
	static const struct {
		const char *answer;
		bool report;
		const char *got;
	} rows[] = {
		{ OK "Content-Length: 2\r\n\r\n{}", true, "{}" },
		{ OK "transfer-encoding: Chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", true,
			"{}" },
		{ OK "Transfer-Encoding: chunked\r\n\r\n2\r\n{", false,
			"the gateway gave no report, but status 200" },
		{ OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}", false,
			"the gateway gave no report, but status 200" },
		{ OK "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{}", false,
			"the gateway gave no report, but status 200" },
		{ "HTTP/1.1 422 x\r\n\r\n{\"code\":\"input.empty\"}", true,
			"{\"verdict\":\"rejected\",\"reason\":\"input.empty\"}" },
		{ "HTTP/1.1 400 x\r\n\r\n{\"code\":\"request.json\"}", false,
			"the gateway gave no report, but status 400" },
		{ "HTTP/1.1 503 x\r\n\r\n", false, "the gateway gave no report, but status 503" },
		{ "HTTP/1.1 500 x\r\n\r\n{\"code\":7}", false,
			"the gateway gave no report, but status 500" },
		{ "HTTP/1.0 200 OK\r\n\r\n{}", false, "the gateway did not answer in HTTP/1.1" },
		{ "SSH-2.0-OpenSSH\r\n\r\n", false, "the gateway did not answer in HTTP/1.1" },
		{ "HTTP/1.1 200 OK\r\n", false, "the gateway sent no answer" },
		{ "", false, "the gateway sent no answer" },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake f = { .answer = rows[i].answer };
		bool report;
		const char *got = ask_fake(&a, &f, &report);
		assert_string_equal(got, rows[i].got);
		assert_int_equal(report, rows[i].report);
		assert_memory_equal(f.request, "POST /v1/verify HTTP/1.1\r\nHost: 127.0.0.1:", 41);
		assert_non_null(strstr(f.request, "\r\n\r\n{\"credential\":\"HC1:\\\"\\n\","
						  "\"at\":\"1970-01-01T00:00:00Z\"}"));
	}
	aid_end(&a);
}

static void
test_nobody_listens(void **unused)
{
	struct question q = { .input = SPAN_LIT("x") };
	struct aid_work a;
	struct span report;
	const char *fault;
	unsigned port;
	char url[64];

	(void)unused;
	aid_begin(&a);
	close(listen_anywhere(&port));
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
	struct tested *t = target_open(url, NULL, &fault);
	assert_string_equal(target_ask(t, &a.work, &q, &report), "the gateway can't be reached");
	assert_null(target_refusal(t, SPAN_LIT("text")));
	assert_non_null(target_refusal(t, SPAN_LIT("\xd2\x84\x43\xff")));
	target_close(t);
	aid_end(&a);
}

/* --- commands --- */

static void
test_commands(void **unused)
{
	static const struct {
		const char *target, *report, *fault;
	} rows[] = {
		{ "exec:cat", "the input", NULL },
		{ "exec:echo \" $CASE_AT $CASE_FOLDER \"", "1970-01-01T00:00:07Z a/b", NULL },
		{ "exec:echo no input read", "no input read", NULL },
		{ "exec:echo x; exit 3", "x", NULL },
		{ "exec:true", NULL, "the command gave no report in time" },
		{ "exec:/no/such/program 2>/dev/null", NULL, "the command gave no report in time" },
		{ "exec:head -c 2000000 /dev/zero", NULL, "the command gave no report in time" },
	};
	const struct question q = { .input = SPAN_LIT("the input"), .folder = "a/b", .at = 7 };
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span report = SPAN_NONE;
		const char *fault;
		struct tested *t = target_open(rows[i].target, NULL, &fault);
		assert_non_null(t);
		fault = target_ask(t, &a.work, &q, &report);
		if (rows[i].fault) {
			assert_non_null(fault);
			assert_string_equal(fault, rows[i].fault);
		} else {
			assert_null(fault);
			assert_true(span_is(report, rows[i].report));
		}
		target_close(t);
	}
	aid_end(&a);
}

static void
test_a_command_that_hangs_is_ended(void **unused)
{
	const struct question q = { .input = SPAN_LIT("x") };
	struct aid_work a;
	struct span report;
	const char *fault;
	time_t start = time(NULL);

	(void)unused;
	aid_begin(&a);
	struct tested *t = target_open("exec:sleep 100 & sleep 100", "exec", &fault);
	fault = target_ask(t, &a.work, &q, &report);
	assert_string_equal(fault, "the command gave no report in time");
	assert_in_range(time(NULL) - start, TARGET_PATIENCE - 1, TARGET_PATIENCE + 10);
	target_close(t);
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_gateway_answers_as_the_library_does),
		cmocka_unit_test(test_a_gateway_speaks_the_vc_api),
		cmocka_unit_test(test_answers_of_other_verifiers),
		cmocka_unit_test(test_answers_of_other_servers),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_a_command_that_hangs_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
