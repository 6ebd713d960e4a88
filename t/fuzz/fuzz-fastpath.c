/*
 * Fuzzing of the import of Fastpath's contexts and plans, with what must hold
 * of any text that is accepted or refused. Built and run by `make fuzz`.
 */
#include "base/error.h"
#include "store/fastpath-yaml.h"

#define REQUIRE(holds)                          \
	do {                                    \
		if (!(holds))                   \
			BUG("not so: " #holds); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_accepted(const struct fastpath_context *context)
{
	REQUIRE(context->error.kind == FASTPATH_OK && !context->error.line);
	REQUIRE(*context->sut && *context->method && *context->host && context->user && context->keyfile);
	REQUIRE(context->port <= 65535);
	REQUIRE(context->is_context == (*context->good_swprofile != '\0'));
	REQUIRE(context->is_context == (*context->resultclass != '\0'));
	REQUIRE(context->good_sha && context->bad_sha && context->resultstore && context->output_resultstore);
	for (size_t i = 0; i < context->swprofiles_nr; i++) {
		const struct fastpath_swprofile *swprofile = &context->swprofiles[i];

		REQUIRE(swprofile->name && swprofile->kernel && swprofile->kernel_git_sha);
		for (size_t n = 0; n < swprofile->cmdline.nr; n++)
			REQUIRE(swprofile->cmdline.v[n]);
	}
	for (size_t i = 0; i < context->benchmarks_nr; i++)
		REQUIRE(*context->benchmarks[i].suite && *context->benchmarks[i].name &&
			context->benchmarks[i].image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fastpath_context context;

	error_clear();
	if (fastpath_parse(&context, (const char *)data, size, "c.yaml")) {
		REQUIRE(starts_with(error_message(), "c.yaml: line "));
		REQUIRE(context.error.kind > FASTPATH_IO && context.error.line);
		REQUIRE(!context.sut && !context.swprofiles && !context.benchmarks);
	} else {
		check_accepted(&context);
	}
	fastpath_release(&context);
	error_clear();
	return 0;
}
