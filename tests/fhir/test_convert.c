/* test_convert.c - FHIR JSON as XML and back: each rule of the two forms, and everything that must be refused. */
#include "codecs/fhir/fhir.h"
#include "codecs/fhir/r4.h"
#include "codecs/tree/jcs.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define XML(type, inside) "<" type " xmlns=\"http://hl7.org/fhir\">" inside "</" type ">"
#define JSON(type, more)  "{\"resourceType\":\"" type "\"" more "}"
#define DIV               "<div xmlns=\"http://www.w3.org/1999/xhtml\">a &amp; <b class='x'>b</b>\n</div>"
#define DIV_JSON \
	"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">a &amp; <b class='x'>b</b>\\n</div>"

static int
to_xml(struct work *w, const char *json, struct span *out)
{
	const struct node *n;
	int r = node_from_json(w, span_of(json), "json", &n);

	*out = SPAN_NONE;
	return r == 0 && n ? fhir_to_xml(w, n, "json", out) : r;
}

static int
to_json(struct work *w, struct span xml, struct span *out)
{
	const struct node *n;
	int r = node_from_xml(w, xml, "xml", &n);

	*out = SPAN_NONE;
	return r == 0 && n ? fhir_to_json(w, n, "xml", out) : r;
}

/* Each way, byte for byte. */
static const struct {
	const char *json, *xml;
} same[] = {
	{ JSON("Patient", ",\"id\":\"p1\""), XML("Patient", "<id value=\"p1\"/>") },
	{ JSON("Patient", ",\"active\":true,\"birthDate\":\"1998\""),
		XML("Patient", "<active value=\"true\"/><birthDate value=\"1998\"/>") },
	/* a list of one is a list */
	{ JSON("Patient", ",\"name\":[{\"family\":\"A\",\"given\":[\"B\",\"C\"]}]"),
		XML("Patient", "<name><family value=\"A\"/><given value=\"B\"/><given "
			       "value=\"C\"/></name>") },
	/* ids and urls are attributes, but for resources */
	{ JSON("Patient", ",\"extension\":[{\"id\":\"e\",\"url\":\"u\",\"valueCode\":\"c\"}]"),
		XML("Patient",
			"<extension id=\"e\" url=\"u\"><valueCode value=\"c\"/></extension>") },
	{ JSON("Patient", ",\"extension\":[{\"url\":\"u\"}]"),
		XML("Patient", "<extension url=\"u\"/>") },
	/* a primitive with more than its value, or without one */
	{ JSON("Patient", ",\"birthDate\":\"1998\",\"_birthDate\":{\"id\":\"b\"}"),
		XML("Patient", "<birthDate value=\"1998\" id=\"b\"/>") },
	{ JSON("Patient",
		  ",\"_birthDate\":{\"extension\":[{\"url\":\"u\",\"valueBoolean\":false}]}"),
		XML("Patient", "<birthDate><extension url=\"u\"><valueBoolean value=\"false\"/>"
			       "</extension></birthDate>") },
	{ JSON("Patient", ",\"name\":[{\"given\":[\"A\",null],\"_given\":[null,{\"id\":\"g\"}]}]"),
		XML("Patient", "<name><given value=\"A\"/><given id=\"g\"/></name>") },
	/* numbers keep their text */
	{ JSON("Observation", ",\"valueQuantity\":{\"value\":1.50,\"unit\":\"mg\"}"),
		XML("Observation", "<valueQuantity><value value=\"1.50\"/><unit "
				   "value=\"mg\"/></valueQuantity>") },
	{ JSON("Observation", ",\"valueQuantity\":{\"value\":-1e-3}"),
		XML("Observation", "<valueQuantity><value value=\"-1e-3\"/></valueQuantity>") },
	{ JSON("Immunization", ",\"protocolApplied\":[{\"doseNumberPositiveInt\":2,"
			       "\"seriesDosesString\":\"2\"}]"),
		XML("Immunization",
			"<protocolApplied><doseNumberPositiveInt value=\"2\"/><seriesDosesString "
			"value=\"2\"/></protocolApplied>") },
	/* resources inside */
	{ JSON("Bundle",
		  ",\"type\":\"document\",\"entry\":[{\"fullUrl\":\"urn:x\",\"resource\":"
		  "{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Organization\","
		  "\"id\":\"o\"}]}}]"),
		XML("Bundle",
			"<type value=\"document\"/><entry><fullUrl value=\"urn:x\"/><resource>"
			"<Patient><contained><Organization><id value=\"o\"/></Organization>"
			"</contained></Patient></resource></entry>") },
	/* types by path, and by reference to a path */
	{ JSON("Questionnaire",
		  ",\"item\":[{\"linkId\":\"1\",\"required\":true,\"item\":[{\"linkId\":\"2\"}]}]"),
		XML("Questionnaire",
			"<item><linkId value=\"1\"/><required value=\"true\"/><item><linkId "
			"value=\"2\"/></item></item>") },
	{ JSON("Parameters",
		  ",\"parameter\":[{\"name\":\"a\",\"valueHumanName\":{\"text\":\"x\"}},"
		  "{\"name\":\"b\",\"valueBase64Binary\":\"AA==\",\"part\":[{\"name\":\"c\","
		  "\"valueUri\":\"u\"}]}]"),
		XML("Parameters",
			"<parameter><name value=\"a\"/><valueHumanName><text value=\"x\"/>"
			"</valueHumanName></parameter><parameter><name value=\"b\"/>"
			"<valueBase64Binary value=\"AA==\"/><part><name value=\"c\"/><valueUri "
			"value=\"u\"/></part></parameter>") },
	/* texts of all kinds */
	{ JSON("Patient", ",\"text\":{\"status\":\"generated\",\"div\":\"" DIV_JSON "\"}"),
		XML("Patient", "<text><status value=\"generated\"/>" DIV "</text>") },
	{ JSON("Patient", ",\"language\":\"<&>\\\"'\\t\\n\\r \xd8\xb9\xf0\x9f\x98\x80&amp;&#38;\""),
		XML("Patient", "<language value=\"&lt;&amp;&gt;&quot;'&#9;&#10;&#13; "
			       "\xd8\xb9\xf0\x9f\x98\x80&amp;amp;&amp;#38;\"/>") },
	{ JSON("Patient", ",\"language\":\"\""), XML("Patient", "<language value=\"\"/>") },
};

static void
test_both_ways(void **state)
{
	struct aid_work a;
	struct span xml, json, one, two;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		aid_begin(&a);
		assert_int_equal(to_xml(&a.work, same[i].json, &xml), 0);
		if (!span_is(xml, same[i].xml))
			fail_msg("row %zu: %.*s", i, (int)xml.len, (const char *)xml.ptr);
		assert_int_equal(to_json(&a.work, xml, &json), 0);
		assert_int_equal(jcs_of_text(&a.work, span_of(same[i].json), "a", &one), 0);
		assert_int_equal(jcs_of_text(&a.work, json, "b", &two), 0);
		if (!json.ptr || !span_eq(one, two))
			fail_msg("row %zu: %.*s", i, (int)json.len, (const char *)json.ptr);
		aid_end(&a);
	}
}

/* What differs in form only comes out in the one form. */
static void
test_forms(void **state)
{
	static const struct {
		const char *xml, *json;
	} rows[] = {
		{ "<?xml version='1.0'?>\n<!-- c --><f:Patient xmlns:f='http://hl7.org/fhir'>\n "
		  "<f:id "
		  "value='1'/>\n</f:Patient>",
			JSON("Patient", ",\"id\":\"1\"") },
		{ "<Patient xmlns='http://hl7.org/fhir' "
		  "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a "
		  "b'><id "
		  "value='1'></id></Patient>",
			JSON("Patient", ",\"id\":\"1\"") },
		{ XML("Patient", "<birthDate value='1'/><active value='true'/>"),
			JSON("Patient", ",\"active\":true,\"birthDate\":\"1\"") },
		{ XML("Patient",
			  "<name><given value='A'/><family value='B'/><given value='C'/></name>"),
			JSON("Patient", ",\"name\":[{\"family\":\"B\",\"given\":[\"A\",\"C\"]}]") },
		{ XML("Bundle", "<entry> <resource> <Binary> <id value='1'/> </Binary> </resource> "
				"</entry>"),
			JSON("Bundle",
				",\"entry\":[{\"resource\":{\"resourceType\":\"Binary\",\"id\":"
				"\"1\"}}]") },
	};
	struct aid_work a;
	struct span json;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aid_begin(&a);
		assert_int_equal(to_json(&a.work, span_of(rows[i].xml), &json), 0);
		if (!span_is(json, rows[i].json))
			fail_msg("row %zu: %.*s", i, (int)json.len, (const char *)json.ptr);
		aid_end(&a);
	}
}

struct refusal {
	const char *text;
	enum reason reason;
	const char *pointer;
};

static void
refuses(const struct refusal *row, bool xml, size_t i)
{
	struct aid_work a;
	struct span out;

	aid_begin(&a);
	assert_int_equal(
		xml ? to_json(&a.work, span_of(row->text), &out) : to_xml(&a.work, row->text, &out),
		0);
	const struct check *c = &a.report.checks[CHECK_FORMAT];
	if (out.ptr || c->reason != row->reason || !span_is(c->at.pointer, row->pointer))
		fail_msg("%s row %zu: %s at %.*s", xml ? "xml" : "json", i, reason_code(c->reason),
			(int)c->at.pointer.len, (const char *)c->at.pointer.ptr);
	aid_end(&a);
}

static const struct refusal bad_json[] = {
	{ "{}", REASON_FHIR_RESOURCE, "" },
	{ "[]", REASON_FHIR_RESOURCE, "" },
	{ JSON("Nothing", ""), REASON_FHIR_RESOURCE, "/resourceType" },
	{ JSON("HumanName", ""), REASON_FHIR_RESOURCE, "/resourceType" },
	{ JSON("Patient.contact", ""), REASON_FHIR_RESOURCE, "/resourceType" },
	{ JSON("Patient", ",\"nam\":[]"), REASON_FHIR_ELEMENT, "/nam" },
	{ JSON("Patient", ",\"_name\":[{\"id\":\"1\"}]"), REASON_FHIR_ELEMENT, "/_name" },
	{ JSON("Patient", ",\"name\":{\"text\":\"A\"}"), REASON_FHIR_ELEMENT, "/name" },
	{ JSON("Patient", ",\"name\":[]"), REASON_FHIR_ELEMENT, "/name" },
	{ JSON("Patient", ",\"name\":[{}]"), REASON_FHIR_ELEMENT, "/name/0" },
	{ JSON("Patient", ",\"name\":[null]"), REASON_FHIR_ELEMENT, "/name/0" },
	{ JSON("Patient", ",\"name\":[{\"resourceType\":\"HumanName\"}]"), REASON_FHIR_ELEMENT,
		"/name/0/resourceType" },
	{ JSON("Patient", ",\"birthDate\":[\"1998\"]"), REASON_FHIR_ELEMENT, "/birthDate" },
	{ JSON("Patient", ",\"birthDate\":1998"), REASON_FHIR_ELEMENT, "/birthDate" },
	{ JSON("Patient", ",\"birthDate\":null"), REASON_FHIR_ELEMENT, "/birthDate" },
	{ JSON("Patient", ",\"_birthDate\":{}"), REASON_FHIR_ELEMENT, "/_birthDate" },
	{ JSON("Patient", ",\"_birthDate\":{\"x\":1}"), REASON_FHIR_ELEMENT, "/_birthDate/x" },
	{ JSON("Patient", ",\"active\":\"true\""), REASON_FHIR_ELEMENT, "/active" },
	{ JSON("Patient", ",\"multipleBirthInteger\":\"1\""), REASON_FHIR_ELEMENT,
		"/multipleBirthInteger" },
	{ JSON("Patient", ",\"name\":[{\"given\":[\"A\"],\"_given\":[null,null]}]"),
		REASON_FHIR_ELEMENT, "/name/0/given" },
	{ JSON("Patient", ",\"name\":[{\"given\":[null]}]"), REASON_FHIR_ELEMENT,
		"/name/0/given/0" },
	{ JSON("Patient", ",\"extension\":[{\"url\":1}]"), REASON_FHIR_ELEMENT,
		"/extension/0/url" },
	{ JSON("Patient", ",\"extension\":[{\"url\":\"u\",\"valuePatient\":{}}]"),
		REASON_FHIR_ELEMENT, "/extension/0/valuePatient" },
	{ JSON("Patient", ",\"extension\":[{\"url\":\"u\",\"value\":\"x\"}]"), REASON_FHIR_ELEMENT,
		"/extension/0/value" },
	{ JSON("Patient", ",\"contained\":[{\"resourceType\":\"Coding\"}]"), REASON_FHIR_RESOURCE,
		"/contained/0/resourceType" },
	{ JSON("Patient", ",\"contained\":[7]"), REASON_FHIR_ELEMENT, "/contained/0" },
	{ JSON("Patient", ",\"language\":\"\\u0001\""), REASON_FHIR_CHARACTER, "/language" },
	{ JSON("Patient", ",\"language\":\"\\uffff\""), REASON_FHIR_CHARACTER, "/language" },
	{ JSON("Patient", ",\"text\":{\"div\":\"hello\"}"), REASON_FHIR_ELEMENT, "/text/div" },
	{ JSON("Patient", ",\"text\":{\"div\":\"<div/>\"}"), REASON_FHIR_ELEMENT, "/text/div" },
	{ JSON("Patient", ",\"text\":{\"div\":\"" DIV_JSON "<!-- -->\"}"), REASON_FHIR_ELEMENT,
		"/text/div" },
	{ JSON("Patient", ",\"text\":{\"div\":\"" DIV_JSON "\\n\"}"), REASON_FHIR_ELEMENT,
		"/text/div" },
	{ JSON("Patient", ",\"text\":{\"div\":\"" DIV_JSON "\",\"_div\":{\"id\":\"1\"}}"),
		REASON_FHIR_ELEMENT, "/text/_div" },
	{ JSON("Patient", ",\"text\":{\"div\":\"<div>\"}"), REASON_XML_MALFORMED, "" },
};

static const struct refusal bad_xml[] = {
	{ "<Patient/>", REASON_FHIR_NAMESPACE, "" },
	{ "<Patient xmlns='http://hl7.org/FHIR'/>", REASON_FHIR_NAMESPACE, "" },
	{ "<Nothing xmlns='http://hl7.org/fhir'/>", REASON_FHIR_RESOURCE, "" },
	{ "<HumanName xmlns='http://hl7.org/fhir'/>", REASON_FHIR_RESOURCE, "" },
	{ XML("Patient", "<nam/>"), REASON_FHIR_ELEMENT, "/nam" },
	{ XML("Patient", "<resourceType value='x'/>"), REASON_FHIR_ELEMENT, "/resourceType" },
	{ XML("Patient", "x"), REASON_FHIR_ELEMENT, "/#text" },
	{ XML("Patient", "<id value='1'/><id value='2'/>"), REASON_FHIR_ELEMENT, "/id" },
	{ XML("Patient", "<id/>"), REASON_FHIR_ELEMENT, "/id" },
	{ XML("Patient", "<id value='1' x='2'/>"), REASON_FHIR_ELEMENT, "/id/@x" },
	{ XML("Patient", "<id value='1'>x</id>"), REASON_FHIR_ELEMENT, "/id/#text" },
	{ XML("Patient", "<id value='1'><y/></id>"), REASON_FHIR_ELEMENT, "/id/y" },
	{ XML("Patient", "<id xmlns='u' value='1'/>"), REASON_FHIR_NAMESPACE, "/id/@xmlns" },
	{ XML("Patient", "<name value='A'/>"), REASON_FHIR_ELEMENT, "/name/@value" },
	{ XML("Patient", "<name/>"), REASON_FHIR_ELEMENT, "/name" },
	{ XML("Patient", "<name url='u'/>"), REASON_FHIR_ELEMENT, "/name/@url" },
	{ XML("Patient", "<active value='1'/>"), REASON_FHIR_ELEMENT, "/active/@value" },
	{ XML("Patient", "<multipleBirthInteger value='01'/>"), REASON_FHIR_ELEMENT,
		"/multipleBirthInteger/@value" },
	{ XML("Patient", "<multipleBirthInteger value='+1'/>"), REASON_FHIR_ELEMENT,
		"/multipleBirthInteger/@value" },
	{ XML("Patient", "<multipleBirthInteger value='1.'/>"), REASON_FHIR_ELEMENT,
		"/multipleBirthInteger/@value" },
	{ XML("Patient", "<multipleBirthInteger value=''/>"), REASON_FHIR_ELEMENT,
		"/multipleBirthInteger/@value" },
	{ XML("Patient", "<contained/>"), REASON_FHIR_ELEMENT, "/contained" },
	{ XML("Patient", "<contained><Coding/></contained>"), REASON_FHIR_RESOURCE,
		"/contained/Coding" },
	{ XML("Patient", "<contained>x<Patient/></contained>"), REASON_FHIR_ELEMENT,
		"/contained/#text" },
	{ XML("Patient", "<contained><Basic/></contained>"), REASON_FHIR_RESOURCE,
		"/contained/Basic" },
	{ XML("Patient", "<contained><Binary><id value='1'/></Binary><Binary/></contained>"),
		REASON_FHIR_ELEMENT, "/contained/Binary" },
	{ XML("Patient", "<text><div>x</div></text>"), REASON_FHIR_NAMESPACE, "/text/div" },
	{ XML("Patient", "<text><h:div xmlns:h='http://www.w3.org/1999/xhtml'/></text>"),
		REASON_FHIR_NAMESPACE, "/text/div" },
};

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_json) / sizeof(bad_json[0]); i++)
		refuses(&bad_json[i], false, i);
	for (size_t i = 0; i < sizeof(bad_xml) / sizeof(bad_xml[0]); i++)
		refuses(&bad_xml[i], true, i);
}

/* Every type that an element of the table names is there, and every base is reachable. */
static void
types_below(const struct r4_type *t, unsigned depth, size_t *count)
{
	struct r4_walk walk = r4_elements(t);
	struct r4_element e;

	while (r4_next(&walk, &e)) {
		(*count)++;
		if (e.open || r4_form(&e) != R4_COMPLEX)
			continue;
		if (!r4_type_of(&e))
			fail_msg("%.*s.%.*s", (int)r4_name(t).len, (const char *)r4_name(t).ptr,
				(int)e.name.len, (const char *)e.name.ptr);
		if (depth > 0)
			types_below(r4_type_of(&e), depth - 1, count);
	}
}

static void
test_table(void **state)
{
	static const char *const names[] = { "Bundle", "Composition", "Immunization", "Patient",
		"Questionnaire", "StructureDefinition", "StructureMap", "ValueSet", "Medication",
		"Observation", "Extension", "CapabilityStatement", "Parameters" };
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct r4_type *t = r4_named(span_of(names[i]));
		assert_non_null(t);
		types_below(t, 3, &count);
	}
	assert_true(count > 1000);
	assert_null(r4_named(SPAN_LIT("")));
	assert_non_null(r4_primitive());
}

static const char whole[] = JSON("Bundle",
	",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"_birthDate\":{\"id\":\"b\"},"
	"\"text\":{\"div\":\"" DIV_JSON "\"},\"name\":[{\"given\":[\"A\"]}]}}]");

static int
travel(void *arg)
{
	struct aid_work a = { .arena = arena_new(1 << 20), .kit = kit_new() };
	struct work w = { a.arena, &a.report, &limits_default, a.kit, 0 };
	struct span xml = SPAN_NONE, json = SPAN_NONE;
	int r = a.arena && a.kit ? 0 : -12;

	if (r == 0) {
		report_begin(&a.report, a.arena);
		r = to_xml(&w, whole, &xml);
	}
	if (r == 0 && xml.ptr)
		r = to_json(&w, xml, &json);
	*(bool *)arg = r == 0 && json.ptr != NULL;
	kit_free(a.kit);
	arena_free(a.arena);
	return r;
}

static void
test_memory(void **state)
{
	bool done = false;

	(void)state;
	assert_int_equal(travel(&done), 0);
	assert_true(done);
	assert_true(oom_each(travel, &done) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
