/* aid_who.c - see aid_who.h. */
#include "tests/hcert/aid_who.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void
who_rows(struct mint *m, const struct who_row *rows, size_t count)
{
	struct verify v;

	for (size_t i = 0; i < count; i++) {
		mint_verify(m,
			mint_text(m, rows[i].json, (struct hcert_recipe){ .claim = rows[i].claim }),
			&v);
		enum reason got = report_reason(&m->report);
		bool noted = rows[i].note == REASON_NONE ? got != REASON_NONE || !m->report.findings
							 : mint_found(m, rows[i].note);
		if (got != rows[i].reason || !noted)
			fail_msg("row %zu: %s, %s; %s", i, reason_code(got),
				m->report.findings ? reason_code(m->report.findings->reason)
						   : "no finding",
				rows[i].json);
	}
}
