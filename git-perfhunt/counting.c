/* Instructions, counted by valgrind: advice beside the times, which decide. */
#include <dirent.h>

#include "base/error.h"
#include "base/files.h"
#include "iterate.h"
#include "rounds.h"
#include "ui/command.h"

#define LOG_MAX ((size_t)1 << 20)

/* "Collected : 123456" of one process's log. */
static double collected(const char *text)
{
	const char *at = strstr(text, "Collected :");

	return at ? strtod(at + strlen("Collected :"), NULL) : 0;
}

/* Of all processes of a run. */
static double sum_logs(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	double sum = 0;

	while (d && (entry = readdir(d))) {
		char *path = xstrfmt("%s/%s", dir, entry->d_name);
		struct strbuf text = STRBUF_INIT;

		if (*entry->d_name != '.' && strbuf_read_file(&text, path, LOG_MAX) >= 0)
			sum += collected(text.buf);
		strbuf_release(&text);
		free(path);
	}
	if (d)
		closedir(d);
	return sum;
}

/* -1 with a recorded error when it cannot be counted. */
static double count_run(struct hunt *h, size_t workload, struct tree *tree)
{
	char *dir = hunt_path(h, "callgrind"), *scratch = hunt_path(h, "scratch");
	struct strvec by = STRVEC_INIT;
	struct run_request request = { .workload = &h->suite.v[workload],
				       .tree = tree,
				       .seed = h->suite.v[workload].seed,
				       .input = rounds_input(h, workload),
				       .scratch = scratch,
				       /* Counting takes fifty times as long. */
				       .timeout = 100 * h->plan.run_timeout,
				       .by = &by };
	struct run run;
	double sum = -1;

	strvec_pushl(&by, "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
		     "--trace-children=yes", NULL);
	strvec_pushf(&by, "--log-file=%s/%%p", dir);
	if (!remove_tree(dir) && !make_directories(dir) && !workload_run(&request, &run))
		sum = sum_logs(dir);
	if (remove_tree(dir))
		warning("%s", error_message());
	strvec_release(&by);
	free(scratch);
	free(dir);
	return sum;
}

json_t *count_instructions(struct hunt *h)
{
	size_t *index = xcalloc(h->suite.nr, sizeof(*index)), nheld_out;
	size_t nr = rounds_workloads(h, false, index, &nheld_out) - nheld_out;
	double base = 0, candidate = 0;
	json_t *payload = json_object();

	for (size_t i = 0; i < nr; i++) {
		double before = count_run(h, index[i], &h->base);
		double after = before < 0 ? -1 : count_run(h, index[i], &h->candidate);

		if (after < 0) {
			warning("instructions were not counted: %s", error_message());
			base = 0;
			break;
		}
		base += before;
		candidate += after;
	}
	if (base > 0) {
		json_set_int(payload, "base", (long long)base);
		json_set_int(payload, "candidate", (long long)candidate);
		json_set_real(payload, "change_pct", 100 * (candidate / base - 1));
	}
	free(index);
	return payload;
}
