#include "unit.h"

#include <math.h>

#include "report/chart.h"
#include "report/how.h"
#include "report/json.h"
#include "report/mail.h"
#include "report/markup.h"
#include "report/page.h"
#include "report/plot.h"

#define NONE                  \
	{                     \
		NAN, NAN, NAN \
	}

static void add_commit(struct finding *f, size_t at, enum finding_mark mark, double level, size_t boots)
{
	char id[41];
	struct finding_commit *c;

	snprintf(id, sizeof(id), "%040zx", 0xabcdef000000 + at);
	memmove(id, id + 28, 12);
	c = finding_add(f, at, id);
	free(c->subject);
	c->subject = xstrfmt("part: change %zu", at);
	c->tested = true;
	c->mark = mark;
	if (!boots)
		return;
	c->boots = boots;
	c->runs = c->nsamples = 2 * boots;
	c->samples = xcalloc(c->nsamples, sizeof(*c->samples));
	for (size_t i = 0; i < c->nsamples; i++)
		c->samples[i] = (struct finding_sample){ i / 2 + 1, level + (i % 2 ? 1 : -1) };
	c->level = (struct stats_interval){ level, level - 1, level + 1 };
}

/* Ten commits; 5 is the culprit, 4 its parent; 6 cannot be tested. */
static struct finding example(enum finding_verdict verdict)
{
	struct finding f = FINDING_INIT;

	f.verdict = verdict;
	f.why = xstrdup("because");
	f.good_name = xstrdup("v1");
	f.bad_name = xstrdup("v2");
	f.term_good = xstrdup("good");
	f.term_bad = xstrdup("bad");
	f.nr = 10;
	add_commit(&f, 0, FINDING_GOOD, 100, 2);
	add_commit(&f, 4, FINDING_GOOD, 100, 1);
	add_commit(&f, 5, FINDING_BAD, 110, 2);
	add_commit(&f, 6, FINDING_SKIP, 0, 0);
	f.commits[3].untestable = true;
	add_commit(&f, 9, FINDING_BAD, 110, 2);
	f.culprit = 5;
	f.parents = xcalloc(1, sizeof(*f.parents));
	f.parents[0] = 4;
	f.nparents = 1;
	f.set = xcalloc(2, sizeof(*f.set));
	f.set[0] = 5;
	f.set[1] = 6;
	f.nset = verdict == FINDING_NAMED ? 1 : 2;
	f.confidence = 0.994;
	f.good = (struct stats_interval){ 100, 99, 101 };
	f.bad = (struct stats_interval){ 110, 109, 111 };
	f.gap = f.step = (struct stats_interval){ 10, 9, 11 };
	f.relative = (struct stats_interval){ 0.1, 0.09, 0.11 };
	f.culprits = xcalloc(10, sizeof(*f.culprits));
	f.culprits[5] = 0.9;
	f.culprits[6] = 0.1;
	f.samples = 14;
	f.boots = 7;
	f.seconds = 70;
	f.benchmark = xstrdup("bench");
	f.metric = xstrdup("value");
	f.unit = xstrdup("s");
	strvec_push(&f.machines, "local");
	f.build = xstrdup("make\n\tmake install");
	f.run = xstrdup("./bench");
	finding_link(&f);
	return f;
}

static const struct mail plain_mail = { .from = "A <a@example.com>", .to = STRVEC_INIT, .cc = STRVEC_INIT };

static void test_mails_that_are_refused(void **state UNUSED)
{
	static const bool refused[] = { true, false, false, true, true };

	for (int i = FINDING_OPEN; i <= FINDING_NOT_REPRODUCED; i++) {
		struct finding f = example((enum finding_verdict)i);

		assert_int_equal(mail_refusal(&f) != NULL, refused[i]);
		f.find_fix = true;
		assert_non_null(mail_refusal(&f));
		finding_release(&f);
	}
}

static void test_the_table_of_a_mail(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);
	struct strbuf out = STRBUF_INIT;

	mail_write(&f, &plain_mail, &out);
	assert_non_null(strstr(out.buf,
			       "commit                               s  %stddev   %change  boots  samples\n"));
	assert_non_null(strstr(out.buf,
			       "abcdef000000  good end             100     ± 1%                2        4\n"
			       "abcdef000004  parent               100     ± 1%    +0.00%      1        2\n"
			       "abcdef000005  culprit              110     ± 1%    +10.0%      2        4\n"
			       "abcdef000009  bad end              110     ± 1%    +10.0%      2        4\n"));
	assert_non_null(strstr(out.buf, "is 99.4 %"));
	assert_non_null(
		strstr(out.buf,
		       "    git checkout --detach abcdef000004\n    make\n    \tmake install\n    ./bench\n\n"
		       "    git checkout --detach abcdef000005\n    make\n    \tmake install\n    ./bench\n"));
	assert_null(strstr(out.buf, "#regzbot"));
	strbuf_release(&out);
	finding_release(&f);
}

static void test_dates_have_their_zone(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);
	struct strbuf out = STRBUF_INIT;
	struct mail mail = plain_mail;

	mail.date = 1112911993;
	mail.zone = -(3 * 60 + 30);
	mail_write(&f, &mail, &out);
	assert_non_null(strstr(out.buf, "\nDate: Thu, 7 Apr 2005 18:43:13 -0330\n"));
	strbuf_release(&out);
	finding_release(&f);
}

static void test_lines_of_a_body_never_begin_a_mail(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);
	struct strbuf out = STRBUF_INIT;

	free(f.benchmark);
	f.benchmark = xstrdup("From here");
	mail_write(&f, &plain_mail, &out);
	assert_non_null(strstr(out.buf, "\n>From here got worse: +10.0 % (+9.0 to +11.0)"));
	strbuf_reset(&out);
	free(f.benchmark);
	f.benchmark = xstrdup(">>From here");
	mail_write(&f, &plain_mail, &out);
	assert_non_null(strstr(out.buf, "\n>>>From here got worse"));
	strbuf_release(&out);
	finding_release(&f);
}

static void test_long_lines_are_quoted_printable(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);
	struct strbuf out = STRBUF_INIT, run = STRBUF_INIT;
	const char *line;

	mail_write(&f, &plain_mail, &out);
	assert_non_null(strstr(out.buf, "\nContent-Transfer-Encoding: 8bit\n"));
	strbuf_reset(&out);
	strbuf_addchars(&run, '=', 1200);
	free(f.run);
	f.run = run.buf;
	free(f.benchmark);
	f.benchmark = xstrdup("From here");
	mail_write(&f, &plain_mail, &out);
	assert_non_null(strstr(out.buf, "\nContent-Transfer-Encoding: quoted-printable\n"));
	assert_non_null(strstr(out.buf, "\n=46rom here got worse"));
	strbuf_reset(&out);
	free(f.benchmark);
	f.benchmark = xstrdup(">From here");
	mail_write(&f, &plain_mail, &out);
	assert_non_null(strstr(out.buf, "\n=3EFrom here got worse"));
	for (line = out.buf; *line; line = strchr(line, '\n') + 1)
		assert_true(strcspn(line, "\n") <= 78);
	strbuf_release(&out);
	finding_release(&f);
}

static void test_people_are_named_once(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);
	struct strbuf out = STRBUF_INIT;
	struct mail mail = plain_mail;

	mail.kernel = true;
	strvec_push(&mail.to, "B <b@example.com>");
	strvec_pushl(&mail.cc, "Other <B@EXAMPLE.com>", "A <a@example.com>", "C <c@example.com>",
		     "linux-kernel@vger.kernel.org", "C <c@example.com>", NULL);
	mail_write(&f, &mail, &out);
	assert_non_null(strstr(out.buf,
			       "\nFrom: A <a@example.com>\nTo: B <b@example.com>\nCc: C <c@example.com>,\n"
			       "    linux-kernel@vger.kernel.org,\n    regressions@lists.linux.dev\nDate: "));
	strbuf_release(&out);
	strvec_release(&mail.to);
	strvec_release(&mail.cc);
	finding_release(&f);
}

static void test_a_set_has_sides_and_no_people(void **state UNUSED)
{
	struct finding f = example(FINDING_SET);
	struct strbuf out = STRBUF_INIT;
	struct mail mail = plain_mail;

	mail.kernel = true;
	strvec_push(&mail.to, "B <b@example.com>");
	mail_write(&f, &mail, &out);
	assert_non_null(strstr(
		out.buf, "\nTo: regressions@lists.linux.dev,\n    linux-kernel@vger.kernel.org\nDate: "));
	assert_null(strstr(out.buf, "b@example.com"));
	assert_non_null(strstr(out.buf, "\n\n#regzbot introduced: abcdef000004"));
	assert_non_null(strstr(out.buf, "\nSubject: [REGRESSION] bench +10.0 % between v1 and v2\n"));
	strbuf_release(&out);
	strvec_release(&mail.to);
	finding_release(&f);
}

static void test_all_steps_are_on_the_page(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);
	struct page page = { 0 };
	struct strbuf out = STRBUF_INIT;

	f.nsteps = 2;
	f.steps = xcalloc(2, sizeof(*f.steps));
	f.steps[0] = (struct finding_step){ 2, 1, 0.9999, 0.7 };
	f.steps[1] = (struct finding_step){ 1, 4, 0.2, 0.3 };
	page_write(&f, &page, &out);
	assert_non_null(strstr(out.buf, "2 steps were found; this is the largest."));
	assert_non_null(strstr(out.buf, "<li>70 % of the difference, more than 99.9 % sure: <span class=\"id\">"
					"abcdef000005</span> part: change 5</li>"));
	assert_non_null(strstr(out.buf, "<li>30 % of the difference, 20.0 % sure: <span class=\"id\">"
					"abcdef000004</span> part: change 4, "
					"the likeliest of 4 that cannot be told apart</li>"));
	strbuf_release(&out);
	finding_release(&f);
}

static void test_more_steps_are_suspected_of_a_set_as_well(void **state UNUSED)
{
	struct finding f = example(FINDING_SET);
	struct strbuf out = STRBUF_INIT;

	how_sure(&f, &out);
	assert_null(strstr(out.buf, "more than one step"));
	f.more_steps_suspected = true;
	strbuf_reset(&out);
	how_sure(&f, &out);
	assert_non_null(strstr(out.buf, "It is one of 2 commits"));
	assert_non_null(strstr(out.buf, "there may be more than one step."));
	strbuf_release(&out);
	finding_release(&f);
}

static void test_a_set_is_a_list(void **state UNUSED)
{
	struct finding f = example(FINDING_SET);
	struct page page = { 0 };
	struct strbuf out = STRBUF_INIT;

	page_write(&f, &page, &out);
	assert_non_null(strstr(out.buf,
			       "<ul>\n<li><span class=\"id\">abcdef000005</span> part: change 5</li>\n"
			       "<li><span class=\"id\">abcdef000006</span> part: change 6</li>\n</ul>"));
	strbuf_release(&out);
	finding_release(&f);
}

static void test_markup(void **state UNUSED)
{
	struct strbuf out = STRBUF_INIT;

	markup_add(&out, "<a b='c' d=\"e\">&amp;\n\x1b\xff\xef\xbf\xbf\xe2\x80\xaeü");
	assert_string_equal(
		out.buf,
		"&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;amp;\\n\\x1b\\xff\xef\xbf\xbd\\xe2\\x80\\xaeü");
	strbuf_release(&out);
}

static void test_the_plot(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);
	struct strbuf out = STRBUF_INIT;

	finding_plot(&f, 26 + 25, &out);
	assert_string_equal(out.buf, "                          99 s                111 s\n"
				     "abcdef000000 good end     :-o-:\n"
				     "abcdef000004 good         .-o-.\n"
				     "abcdef000005 bad                              :-#-:\n"
				     "abcdef000009 bad end                          :-#-:\n");
	strbuf_release(&out);
	finding_release(&f);
}

/* No number that is none, whatever there is to be drawn. */
static void expect_drawable(struct finding *f)
{
	struct page page = { 0 };
	struct strbuf out = STRBUF_INIT;

	page_write(f, &page, &out);
	finding_plot(f, 0, &out);
	assert_null(strstr(out.buf, "nan"));
	assert_null(strstr(out.buf, "inf"));
	assert_null(strstr(out.buf, "INF"));
	json_decref(finding_json(f));
	strbuf_release(&out);
	finding_release(f);
}

static void test_nothing_measured(void **state UNUSED)
{
	struct finding f = example(FINDING_OPEN);

	for (size_t i = 0; i < f.ncommits; i++) {
		f.commits[i].nsamples = f.commits[i].runs = f.commits[i].boots = 0;
		f.commits[i].level = (struct stats_interval)NONE;
	}
	f.good = f.bad = f.relative = f.gap = f.step = (struct stats_interval)NONE;
	f.nset = 0;
	expect_drawable(&f);
}

static void test_values_that_are_all_alike_or_far_apart(void **state UNUSED)
{
	static const double values[] = { 0, 1e-300, 5, -1e300, 1e18 };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct finding f = example(FINDING_NAMED);

		for (size_t k = 0; k < f.ncommits; k++)
			for (size_t n = 0; n < f.commits[k].nsamples; n++)
				f.commits[k].samples[n].value = i < 3 ? values[i] : n % 2 ? values[i] : 0;
		expect_drawable(&f);
	}
}

static void test_intervals_without_end(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);

	f.good = (struct stats_interval){ 100, -INFINITY, INFINITY };
	f.step = f.relative = (struct stats_interval){ 10, -INFINITY, INFINITY };
	f.commits[2].level = (struct stats_interval){ 110, -INFINITY, INFINITY };
	expect_drawable(&f);
}

static void test_more_commits_than_bars(void **state UNUSED)
{
	struct finding f = example(FINDING_NAMED);
	struct strbuf out = STRBUF_INIT;
	size_t nr = 0;

	free(f.culprits);
	f.nr = 100000;
	f.commits[f.ncommits - 1].at = f.nr - 1;
	f.culprits = xcalloc(f.nr, sizeof(*f.culprits));
	for (size_t i = 1; i < f.nr; i++)
		f.culprits[i] = 1.0 / (double)(f.nr - 1);
	chart_posterior(&f, &out);
	for (const char *at = out.buf; (at = strstr(at, "<path class=\"bar")); at++)
		nr++;
	assert_in_range(nr, 100, 400);
	strbuf_release(&out);
	finding_release(&f);
}

static void expect_near(double likely, double left, size_t next, const char *expected)
{
	struct finding f = example(FINDING_OPEN);
	struct strbuf out = STRBUF_INIT;

	f.likeliest = 2;
	f.likely = likely;
	f.seconds_left = left;
	f.next = next;
	how_near(&f, &out);
	assert_string_equal(out.buf, expected);
	f.verdict = FINDING_NAMED;
	strbuf_reset(&out);
	how_near(&f, &out);
	assert_string_equal(out.buf, "");
	strbuf_release(&out);
	finding_release(&f);
}

static void test_how_near_it_is(void **state UNUSED)
{
	expect_near(0.94, 15, 2,
		    "94 % sure that it is abcdef000005 part: change 5; about 2 more boots would settle it, "
		    "the next of abcdef000005");
	expect_near(0.94, 5, FINDING_NONE,
		    "94 % sure that it is abcdef000005 part: change 5; about 1 more boot would "
		    "settle it");
	expect_near(0.9999, 0, 0, "more than 99.9 % sure that it is abcdef000005 part: change 5");
	expect_near(0.3, 0, FINDING_NONE, "No commit is likelier than 30 %");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mails_that_are_refused),
		cmocka_unit_test(test_the_table_of_a_mail),
		cmocka_unit_test(test_dates_have_their_zone),
		cmocka_unit_test(test_lines_of_a_body_never_begin_a_mail),
		cmocka_unit_test(test_long_lines_are_quoted_printable),
		cmocka_unit_test(test_people_are_named_once),
		cmocka_unit_test(test_a_set_has_sides_and_no_people),
		cmocka_unit_test(test_all_steps_are_on_the_page),
		cmocka_unit_test(test_more_steps_are_suspected_of_a_set_as_well),
		cmocka_unit_test(test_a_set_is_a_list),
		cmocka_unit_test(test_markup),
		cmocka_unit_test(test_the_plot),
		cmocka_unit_test(test_nothing_measured),
		cmocka_unit_test(test_values_that_are_all_alike_or_far_apart),
		cmocka_unit_test(test_intervals_without_end),
		cmocka_unit_test(test_more_commits_than_bars),
		cmocka_unit_test(test_how_near_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
