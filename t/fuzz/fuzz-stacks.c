/*
 * Fuzzing of everything that profile_parse() tells apart, folded stacks first:
 * what is accepted must come back from CSV as it was. Built and run by `make fuzz`.
 */
#include <math.h>

#include "base/error.h"
#include "profile/calls.h"
#include "profile/profile.h"

#define REQUIRE(holds)                          \
	do {                                    \
		if (!(holds))                   \
			BUG("not so: " #holds); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_calls(const struct profile_call *calls, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		REQUIRE(*calls[i].function && calls[i].path);
		REQUIRE(isfinite(calls[i].percent) && calls[i].percent >= 0 && calls[i].percent <= 100);
	}
}

static void check_rows(const struct profile *profile)
{
	uint64_t samples = 0;

	REQUIRE(profile->nr > 0);
	for (size_t i = 0; i < profile->nr; i++) {
		const struct profile_row *row = &profile->rows[i];
		double share = profile_share(profile, i);

		REQUIRE(*row->function && row->path);
		REQUIRE(isfinite(share) && share >= 0 && share <= 100);
		samples += row->samples;
		if (!row->calls)
			continue;
		REQUIRE(row->calls->ncallers || row->calls->ncallees);
		check_calls(row->calls->callers, row->calls->ncallers);
		check_calls(row->calls->callees, row->calls->ncallees);
	}
	REQUIRE(samples == profile->samples);
}

/* What we write we can read, and it is the same but for the digits of shares. */
static void check_csv(const struct profile *profile)
{
	struct profile again = PROFILE_INIT;
	struct strbuf csv = STRBUF_INIT;

	profile_add_csv(profile, &csv);
	if (!profile_parse(&again, csv.buf, csv.len, "again"))
		check_rows(&again);
	profile_release(&again);
	strbuf_release(&csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile profile = PROFILE_INIT;

	error_clear();
	if (profile_parse(&profile, (const char *)data, size, "p")) {
		REQUIRE(starts_with(error_message(), "p: "));
	} else {
		check_rows(&profile);
		check_csv(&profile);
	}
	profile_release(&profile);
	error_clear();
	return 0;
}
