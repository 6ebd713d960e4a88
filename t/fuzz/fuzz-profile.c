/*
 * Fuzzing of the CSV reader and the profile above it, with what must hold of
 * any text that is accepted. The first byte says in which pieces the text is
 * fed. Built and run by `make fuzz`.
 */
#include <math.h>

#include "base/csv.h"
#include "fuzz.h"
#include "profile/clean.h"
#include "profile/profile.h"

struct rows {
	struct strbuf text;
	size_t line;
};

static int take_row(const struct csv_row *row, void *data)
{
	struct rows *rows = data;

	REQUIRE(row->nr > 0 && row->nr <= CSV_FIELDS_MAX);
	REQUIRE(row->line > rows->line);
	rows->line = row->line;
	strbuf_addf(&rows->text, "%zu", row->line);
	for (size_t i = 0; i < row->nr; i++)
		strbuf_addf(&rows->text, "\n%s", row->fields[i]);
	strbuf_addch(&rows->text, '\0');
	return 0;
}

static int read_csv(struct rows *rows, const char *text, size_t len, size_t step)
{
	struct csv_reader *reader = csv_reader_new(take_row, rows);
	int result = 0;

	error_clear();
	for (size_t at = 0; !result && at < len; at += step)
		result = csv_reader_feed(reader, text + at, step < len - at ? step : len - at);
	if (!result)
		result = csv_reader_end(reader);
	csv_reader_free(reader);
	REQUIRE(!result == !*error_message());
	return result;
}

/* Rows must not depend on where the text is cut. */
static void check_csv(const char *text, size_t len, size_t step)
{
	struct rows whole = { .text = STRBUF_INIT }, cut = { .text = STRBUF_INIT };
	int result = read_csv(&whole, text, len, len ? len : 1);
	char *message = xstrdup(error_message());

	REQUIRE(read_csv(&cut, text, len, step) == result);
	/* A NUL byte is seen first in a whole piece; of two faults either may be told then. */
	REQUIRE(!strcmp(error_message(), message) || memchr(text, '\0', len));
	if (!result)
		REQUIRE(whole.text.len == cut.text.len && !memcmp(whole.text.buf, cut.text.buf, cut.text.len));
	free(message);
	strbuf_release(&whole.text);
	strbuf_release(&cut.text);
}

static void check_row(const struct profile *profile, size_t i)
{
	const struct profile_row *row = &profile->rows[i];
	struct strbuf again = STRBUF_INIT;
	double share = profile_share(profile, i);

	REQUIRE(*row->function);
	REQUIRE(clean_function(row->function, strlen(row->function)) == strlen(row->function));
	REQUIRE(!clean_path(&again, row->path) && !strcmp(again.buf, row->path));
	REQUIRE(*row->path != '/' && strlen(row->path) <= CLEAN_PATH_MAX);
	REQUIRE(row->samples <= profile->samples);
	REQUIRE(profile->has_percent ? row->percent >= 0 && row->percent <= 100 : row->percent == -1);
	REQUIRE(isfinite(share) && share >= 0 && share <= 100);
	/* Of folded stacks, a line names several. */
	REQUIRE(row->line >= 1 && (!i || row->line >= profile->rows[i - 1].line));
	strbuf_release(&again);
}

static void check_profile(const char *text, size_t len)
{
	struct profile profile = PROFILE_INIT;

	error_clear();
	if (profile_parse(&profile, text, len, "p.csv")) {
		REQUIRE(starts_with(error_message(), "p.csv: "));
	} else {
		REQUIRE(profile.nr > 0);
		for (size_t i = 0; i < profile.nr; i++)
			check_row(&profile, i);
	}
	profile_release(&profile);
	error_clear();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	check_csv((const char *)data + 1, size - 1, (size_t)data[0] + 1);
	check_profile((const char *)data + 1, size - 1);
	return 0;
}
