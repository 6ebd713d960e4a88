/*
 * git perfbisect init-kernel: what the bisection of a Linux kernel in QEMU
 * needs, made at once: configuration, build script, a guest's /init, and the
 * context that names them.
 */
#include <sys/stat.h>

#include "base/error.h"
#include "base/process.h"
#include "base/quote.h"
#include "base/tempfile.h"
#include "bench/initramfs.h"
#include "kernel-files.h"
#include "perfbisect.h"
#include "session.h"
#include "show.h"

/* 64 ns an instruction: the guest boots in a second, and its ticks do not drown what is measured. */
#define ICOUNT "6"
#define SAID_MAX 65536

struct init_kernel_options {
	char *benchmark, *program, *config, *target, *context, *cc;
	int time;
	long jobs;
	bool ccache;
};

enum { TIME_COUNTED, TIME_FREE };

static const char *const times[] = { "counted", "free", NULL };

/* Those of kernel/init.c. */
static const char *const benchmarks[] = {
	"syscall", "pipe", "switch", "yield", "mmap", "file", "fork", "stat",
};

#define AT(member) offsetof(struct init_kernel_options, member)
#define TEXT(name_, arg_, member, complete_, help_)                                      \
	{                                                                                \
		.type = OPTION_STRING, .name = (name_), .arg = (arg_), .at = AT(member), \
		.complete = (complete_), .help = (help_)                                 \
	}

static const struct option rows[] = {
	TEXT("benchmark", "<name>", benchmark, NULL,
	     "what decides: syscall, pipe, switch, yield, mmap, file, fork or stat"),
	TEXT("program", "<file>", program, "file", "a static program of yours that measures in their place"),
	TEXT("config", "<file>", config, "file", "a whole kernel configuration to begin with"),
	TEXT("target", "<target>", target, NULL, "what make makes: vmlinux or bzImage"),
	TEXT("cc", "<compiler>", cc, NULL, "the compiler of kernel and /init"),
	{ .type = OPTION_CHOICE,
	  .name = "time",
	  .arg = "(counted|free)",
	  .at = AT(time),
	  .choices = times,
	  .initial = "counted",
	  .help = "whether the guest's clock counts instructions, or is this computer's" },
	{ .type = OPTION_BOOL,
	  .name = "ccache",
	  .at = AT(ccache),
	  .initial = "true",
	  .help = "compile through ccache where it is installed" },
	{ .type = OPTION_INT,
	  .name = "jobs",
	  .letter = 'j',
	  .arg = "<n>",
	  .at = AT(jobs),
	  .min = 1,
	  .max = 65536,
	  .help = "processes of a build" },
	TEXT("context", "<file>", context, "file", "write the context there, too"),
	OPTION_END,
};

static const char *const usage[] = { "[<options>] [-- <arguments of the benchmark>]", NULL };

const struct option_set init_kernel_set = { .command = "git perfbisect init-kernel",
					    .usage = usage,
					    .rows = rows };

/* Runs a helper; false when it fails, and what it said is dropped. */
static bool succeeds(const char *const *argv)
{
	struct process p = PROCESS_INIT;
	bool ok;

	for (; *argv; argv++)
		strvec_push(&p.args, *argv);
	p.out = PROCESS_NULL;
	p.err = PROCESS_PIPE;
	ok = !process_start(&p) && !process_finish(&p);
	error_clear();
	return ok;
}

static void need_kernel_tree(void)
{
	static const char *const files[] = { "HEAD:init/main.c", "HEAD:Kconfig",
					     "HEAD:scripts/kconfig/Makefile" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *const argv[] = { "git", "cat-file", "-e", files[i], NULL };

		if (!succeeds(argv))
			die("this is no Linux kernel: HEAD has no %s", files[i] + strlen("HEAD:"));
	}
}

static const char *compiler(const struct init_kernel_options *opts)
{
	return opts->cc ? opts->cc : "gcc";
}

/* Everything that is missing in one sentence, with the names that Debian has for it. */
static void need_programs(const struct init_kernel_options *opts)
{
	const struct {
		const char *const argv[8];
		const char *package;
	} needed[] = {
		{ { "make", "--version" }, "make" },
		{ { compiler(opts), "--version" }, "gcc" },
		{ { "flex", "--version" }, "flex" },
		{ { "bison", "--version" }, "bison" },
		{ { "bc", "--version" }, "bc" },
		{ { compiler(opts), "-fsyntax-only", "-include", "gelf.h", "-x", "c", "/dev/null" },
		  "libelf-dev" },
		{ { "qemu-system-x86_64", "--version" }, "qemu-system-x86" },
	};
	struct strbuf missing = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!succeeds(needed[i].argv))
			strbuf_addf(&missing, " %s", needed[i].package);
	if (missing.len)
		die("missing are (Debian's names):%s; install them, as by apt-get install%s", missing.buf,
		    missing.buf);
	strbuf_release(&missing);
}

static bool is_benchmark(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(benchmarks); i++)
		if (!strcmp(benchmarks[i], name))
			return true;
	return false;
}

static void write_file(const char *path, const char *text, size_t len)
{
	struct tempfile file = TEMPFILE_INIT;

	if (tempfile_create(&file, path))
		die_error();
	fwrite(text, 1, len, file.fp);
	if (tempfile_commit(&file))
		die_error();
}

static void write_config(const struct init_kernel_options *opts, const char *path)
{
	struct strbuf text = STRBUF_INIT;

	if (!opts->config)
		strbuf_addstr(&text, kernel_file_config);
	else if (strbuf_read_file(&text, opts->config, 0) < 0)
		die_error();
	write_file(path, text.buf, text.len);
	strbuf_release(&text);
}

static void compile_init(const struct init_kernel_options *opts, const char *source, const char *program)
{
	struct process p = PROCESS_INIT;
	struct strbuf said = STRBUF_INIT;

	strvec_pushl(&p.args, compiler(opts), "-O2", "-static", "-s", "-o", program, source, NULL);
	p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &said, SAID_MAX))
		die("cannot build the guest's /init: %s; a C compiler and a static C library are needed (Debian's gcc and "
		    "libc6-dev)",
		    error_message());
	strbuf_release(&said);
}

/* <dir>/init.c, init, initramfs, config, build; what was there is replaced. */
static void write_files(const struct init_kernel_options *opts, const char *dir)
{
	char *source = xstrfmt("%s/init.c", dir), *init = xstrfmt("%s/init", dir);
	char *initramfs = xstrfmt("%s/initramfs", dir), *build = xstrfmt("%s/build", dir);
	char *config = xstrfmt("%s/config", dir);

	write_file(source, kernel_file_init, strlen(kernel_file_init));
	write_file(build, kernel_file_build, strlen(kernel_file_build));
	if (chmod(build, 0755))
		die("cannot make %s executable: %s", build, strerror(errno));
	write_config(opts, config);
	compile_init(opts, source, init);
	if (initramfs_write(initramfs, init, opts->program))
		die_error();
	free(source);
	free(init);
	free(initramfs);
	free(build);
	free(config);
}

static void set(struct plan *plan, const char *key, const char *value)
{
	if (plan_set(plan, PLAN_FILE, key, value, "init-kernel"))
		die_error();
}

/* For free(). */
static char *build_command(const struct init_kernel_options *opts, const char *dir, const char *image)
{
	static const char *const ccache[] = { "ccache", "--version", NULL };
	struct strbuf command = STRBUF_INIT, script = STRBUF_INIT, cc = STRBUF_INIT;

	strbuf_addf(&script, "%s/build", dir);
	strbuf_addstr(&command, "sh ");
	quote_shell_word(&command, script.buf);
	if (opts->ccache && succeeds(ccache))
		strbuf_addf(&cc, "ccache %s", compiler(opts));
	else if (opts->cc)
		strbuf_addstr(&cc, opts->cc);
	if (cc.len) {
		strbuf_addstr(&command, " --cc=");
		quote_shell_word(&command, cc.buf);
	}
	if (opts->config)
		strbuf_addstr(&command, " --full-config");
	strbuf_addf(&command, " %s %s", opts->target ? opts->target : "vmlinux", image);
	strbuf_release(&script);
	strbuf_release(&cc);
	return strbuf_detach(&command, NULL);
}

static void fill_build(struct plan *plan, const struct init_kernel_options *opts, const char *dir)
{
	static const char *const inputs[] = { "build", "config" };
	const char *image = opts->target && !strcmp(opts->target, "bzImage") ? "arch/x86/boot/bzImage"
									     : "vmlinux";
	char *command = build_command(opts, dir, image);

	set(plan, "perfbuild.command", command);
	set(plan, "perfbuild.image", image);
	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		char *path = xstrfmt("%s/%s", dir, inputs[i]);

		set(plan, "perfbuild.input", path);
		free(path);
	}
	if (opts->jobs) {
		char *jobs = xstrfmt("%ld", opts->jobs);

		set(plan, "perfbuild.jobs", jobs);
		free(jobs);
	}
	free(command);
}

static void fill_machine(struct plan *plan, const struct init_kernel_options *opts, const char *dir)
{
	char *initramfs = xstrfmt("%s/initramfs", dir);

	set(plan, "perfbisect.sut", "qemu");
	set(plan, "perfsut.qemu.method", "qemu");
	set(plan, "perfsut.qemu.initramfs", initramfs);
	if (opts->time == TIME_COUNTED) {
		set(plan, "perfsut.qemu.accel", "tcg");
		set(plan, "perfsut.qemu.icount", ICOUNT);
	}
	free(initramfs);
}

/* A boot is one run: of a counted one another gives the same, of others it says more than a second in the same boot. */
static void fill_benchmark(struct plan *plan, const struct init_kernel_options *opts, const struct strvec *words)
{
	const char *name = opts->benchmark ? opts->benchmark : opts->program ? "program" : "pipe";
	struct strbuf command = STRBUF_INIT;
	char *prefix = xstrfmt("perfbench.%s", name), *key;

	strbuf_addstr(&command, opts->program ? "/benchmark" : name);
	for (size_t i = 0; i < words->nr; i++)
		strbuf_addf(&command, " %s", words->v[i]);
	set(plan, "perfbisect.benchmark", name);
	key = xstrfmt("%s.command", prefix);
	set(plan, key, command.buf);
	free(key);
	if (!opts->program) {
		char *line = xstrfmt("%s lower ns ^metric\\s+%s\\s+(\\S+)", name, name);

		key = xstrfmt("%s.metric", prefix);
		set(plan, key, line);
		free(key);
		free(line);
	}
	key = xstrfmt("%s.warmups", prefix);
	set(plan, key, "0");
	free(key);
	key = xstrfmt("%s.repeats", prefix);
	set(plan, key, "1");
	free(key);
	free(prefix);
	strbuf_release(&command);
}

static void make_dir(const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		die("cannot make %s: %s", path, strerror(errno));
}

static int init_kernel(const struct init_kernel_options *opts, const struct strvec *words)
{
	struct repo *repo = NULL;
	struct plan plan = PLAN_INIT;
	char *perf, *dir, *context;

	if (repo_open(&repo))
		die_error();
	need_kernel_tree();
	if (opts->benchmark && !opts->program && !is_benchmark(opts->benchmark))
		die("there is no benchmark '%s': syscall, pipe, switch, yield, mmap, file, fork, stat, or a --program",
		    opts->benchmark);
	need_programs(opts);
	perf = xstrfmt("%s/perf", repo->git_dir);
	dir = xstrfmt("%s/kernel", perf);
	context = xstrfmt("%s/context", dir);
	make_dir(perf);
	make_dir(dir);
	write_files(opts, dir);
	fill_build(&plan, opts, dir);
	fill_machine(&plan, opts, dir);
	fill_benchmark(&plan, opts, words);
	if (plan_finish(&plan) || plan_write(&plan, context) ||
	    (opts->context && plan_write(&plan, opts->context)))
		die_error();
	printf("Build:     ");
	show_text(stdout, plan.build.command);
	printf("\nBenchmark: ");
	show_text(stdout, plan_bench(&plan, plan.benchmark)->command);
	printf("\nContext:   ");
	show_text(stdout, context);
	printf("\n\nNext: git perfbisect start --from ");
	show_text(stdout, context);
	printf(" <bad> <good>\n");
	plan_release(&plan);
	repo_close(repo);
	free(perf);
	free(dir);
	free(context);
	return EXIT_DONE;
}

int cmd_init_kernel(int argc, char **argv)
{
	struct init_kernel_options opts = { .time = TIME_COUNTED };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	options_default(rows, &opts);
	result = options_parse(&init_kernel_set, &opts, argc, argv, &words, &dashes);
	if (result == OPTIONS_OK && dashes)
		status = usage_error(&init_kernel_set, "arguments of the benchmark follow --");
	else
		status = result == OPTIONS_OK ? init_kernel(&opts, &words) : options_status(result);
	options_release(rows, &opts);
	strvec_release(&words);
	return status;
}
