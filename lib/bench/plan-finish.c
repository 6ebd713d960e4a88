#include "base/error.h"
#include "bench/build.h"
#include "bench/machine/machine.h"
#include "bench/plan.h"

static int choose_bench(struct plan *plan)
{
	if (plan->benchmark)
		return plan_bench(plan, plan->benchmark)
			     ? 0
			     : error_set("there is no benchmark '%s': it needs perfbench.%s.command",
					 plan->benchmark, plan->benchmark);
	if (!plan->benches_nr)
		return error_set("there is no benchmark: it needs perfbench.<name>.command");
	if (plan->benches_nr > 1)
		return error_set("there are %zu benchmarks: perfbisect.benchmark chooses one",
				 plan->benches_nr);
	plan->benchmark = xstrdup(plan->benches[0].name);
	return 0;
}

static int choose_machines(struct plan *plan)
{
	if (!plan->sut.nr && plan->machines_nr > 1)
		return error_set("there are %zu machines: perfbisect.sut chooses", plan->machines_nr);
	if (!plan->sut.nr)
		strvec_push(&plan->sut, plan->machines_nr ? plan->machines[0].name : "local");
	for (size_t i = 0; i < plan->sut.nr; i++) {
		const char *name = plan->sut.v[i];

		for (size_t k = 0; k < i; k++)
			if (!strcmp(plan->sut.v[k], name))
				return error_set("perfbisect.sut names the machine '%s' twice", name);
		if (plan_machine(plan, name))
			continue;
		if (strcmp(name, "local") != 0)
			return error_set("there is no machine '%s': it needs perfsut.%s.method", name, name);
		if (plan_set(plan, PLAN_CONFIG, "perfsut.local.method", "local", "built in"))
			return -1;
	}
	return 0;
}

/* Is what a choice refers to there? */
static int check_machine(const struct plan *plan, const struct plan_machine *m)
{
	const struct machine_ops *ops = machine_ops_find(m->method ? m->method : "local");

	if (!ops)
		return error_set("perfsut.%s.method: '%s' is not known", m->name, m->method);
	if (m->boot == PLAN_BOOT_COMMAND && !m->boot_command)
		return error_set("perfsut.%s.boot is command: bootCommand is wanted", m->name);
	if (m->verify == PLAN_VERIFY_COMMAND && !m->verify_command)
		return error_set("perfsut.%s.verify is command: verifyCommand is wanted", m->name);
	if ((m->boot == PLAN_BOOT_KEXEC || m->boot == PLAN_BOOT_ONESHOT) && !m->install && !plan->build.image)
		return error_set("perfsut.%s.boot: perfbuild.image says what is booted", m->name);
	if (m->cpus && strspn(m->cpus, "0123456789,-:") != strlen(m->cpus))
		return error_set("perfsut.%s.cpus: '%s' is no list of processors, as 0-3,8", m->name, m->cpus);
	if (m->load_host && !plan_machine(plan, m->load_host))
		return error_set("perfsut.%s.loadHost: there is no machine '%s'", m->name, m->load_host);
	return ops->accept(m) ? error_prefix("perfsut.%s", m->name) : 0;
}

static bool needs_command(const struct plan *plan)
{
	for (size_t i = 0; i < plan->sut.nr; i++)
		if (!plan_machine(plan, plan->sut.v[i])->command)
			return true;
	return false;
}

static int check_bench(const struct plan *plan)
{
	const struct plan_bench *bench = plan_bench(plan, plan->benchmark);
	struct metric_list metrics = METRIC_LIST_INIT;
	int result;

	if (!bench->command && needs_command(plan))
		return error_set("perfbench.%s.command is wanted", bench->name);
	result = plan_metrics(plan, bench, &metrics);
	metric_list_release(&metrics);
	return result;
}

/* Paths that a build removes must lie within the worktree. */
static int check_inside(const char *key, const char *path)
{
	const char *at = path;

	while (*at) {
		size_t len = strcspn(at, "/");

		if ((len == 2 && starts_with(at, "..")) || (len == 1 && *at == '.') ||
		    (len == 4 && starts_with(at, ".git")))
			break;
		at += len + strspn(at + len, "/");
	}
	if (!*at && *path && *path != '/')
		return 0;
	return error_set("perfbuild.%s: '%s' is no path below the worktree", key, path);
}

static int check_build_machine(const struct plan *plan)
{
	const struct plan_machine *m = plan->build.sut ? plan_machine(plan, plan->build.sut) : NULL;

	if (!plan->build.sut || (m && m->method && !strcmp(m->method, "slurm")))
		return 0;
	return error_set("perfbuild.sut: '%s' is no machine with perfsut.<name>.method = slurm",
			 plan->build.sut);
}

static int check_build(const struct plan *plan)
{
	const struct plan_build *build = &plan->build;

	for (size_t i = 0; i < build->output.nr; i++)
		if (check_inside("output", build->output.v[i]))
			return -1;
	if ((build->image && check_inside("image", build->image)) ||
	    (build->modules && check_inside("modules", build->modules)))
		return -1;
	if (plan->build.layouts > 1 && !build_keeps(plan))
		return error_set(
			"perfbuild.layouts: perfbuild.output or perfbuild.image has to say what is built, "
			"and perfbuild.keep to keep it");
	return 0;
}

int plan_finish(struct plan *plan)
{
	if (choose_bench(plan) || choose_machines(plan) || check_build(plan) || check_build_machine(plan))
		return -1;
	for (size_t i = 0; i < plan->sut.nr; i++)
		if (check_machine(plan, plan_machine(plan, plan->sut.v[i])))
			return -1;
	if (plan->term_good && plan->term_bad && !strcmp(plan->term_good, plan->term_bad))
		return error_set("perfbisect.termGood and perfbisect.termBad are both '%s'", plan->term_bad);
	return check_bench(plan);
}

/* The deciding one to the front, turned round where the plan says so. */
static int bring_forward(const struct plan *plan, struct metric_list *list)
{
	size_t at = 0;
	struct metric deciding;

	while (plan->result_class && at < list->nr && strcmp(list->items[at].name, plan->result_class) != 0)
		at++;
	if (at == list->nr)
		return error_set("perfbisect.resultclass: no metric of the benchmark '%s' is called '%s'",
				 plan->benchmark, plan->result_class);
	deciding = list->items[at];
	memmove(list->items + 1, list->items, at * sizeof(*list->items));
	if (plan->better != PLAN_BETTER_AS_METRIC)
		deciding.higher_is_better = plan->better == PLAN_BETTER_HIGHER;
	list->items[0] = deciding;
	return 0;
}

int plan_metrics(const struct plan *plan, const struct plan_bench *bench, struct metric_list *out)
{
	for (size_t i = 0; i < bench->metric.nr; i++)
		if (metric_add(out, bench->metric.v[i]))
			return error_prefix("perfbench.%s.metric", bench->name);
	if (!out->nr || !plan->benchmark || strcmp(plan->benchmark, bench->name) != 0)
		return 0;
	return bring_forward(plan, out);
}
