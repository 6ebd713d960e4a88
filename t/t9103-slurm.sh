#!/bin/sh

test_description='git perfbisect builds and measures by the jobs of a real Slurm'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"
. "$TEST_SOURCE/lib-slurm.sh"

if ! test_have_prereq SLURM
then
	skip_all='no slurm-wlm and munge'
	test_done
fi

cleanup 'stop_slurm'

test_expect_success 'start Slurm' '
	start_slurm
'

TOKEN=slurm-$$-$(date +%s%N)

# start_interruptible: as run_until_stop, but with SIGINT as a terminal has it, which a shell takes from
# what it starts in the background.
start_interruptible() {
	rm -f "$HOME/stopped" "$HOME/go" "$HOME/status" "$HOME/pid"
	perl -e "\$SIG{INT} = \"DEFAULT\"; defined(my \$pid = fork) or die;
		exec(\"git-perfbisect\", \"run\") or die if !\$pid;
		open(F, \">\", \"$HOME/pid\"); print F \$pid; close F;
		waitpid(\$pid, 0); open(F, \">\", \"$HOME/status\"); print F \$?; close F" \
		>"$HOME/first" 2>"$HOME/first.err" &
	wait_for "$HOME/stopped" && wait_for "$HOME/pid" &&
	pid=$(cat "$HOME/pid")
}

# jobs: all that the cluster remembers of this test's folder, "<id> <state>".
jobs() {
	squeue --me --states=all --noheader --format="%i %T" --sort=i
}

# no_jobs: none is left that waits or runs.
no_jobs() {
	for try in $(seq 400)
	do
		test -n "$(squeue --me --noheader)" || return 0
		sleep 0.05
	done
	squeue --me
	return 1
}

# start_cluster <dir> [<option>...]: builds and boots are jobs. Build and benchmark wait, where the file
# "stop" has their name and number, until the file "go" is there.
start_cluster() {
	new_series "$1" 5 3 &&
	shift &&
	last=$(jobs | tail -n 1 | cut -d " " -f 1) &&
	rm -f ../stop ../go ../stopped &&
	write_script .git/at <<-EOS &&
	test "\$1 \$(cat number)" != "\$(cat "$HOME/stop" 2>/dev/null)" || {
		: >"$HOME/stopped"
		while test ! -e "$HOME/go"
		do
			sleep 0.05
		done
		: "$TOKEN"
	}
	EOS
	git config perfsut.node.method slurm &&
	git config perfsut.node.poll 0.2 &&
	git config perfsut.node.sbatch "sbatch --partition=perf --exclusive" &&
	git config perfbuild.sut node &&
	git perfbisect start --strategy=sequential --warmups=0 --repeats=2 --metric="^time ([0-9.]+)" \
		--build "echo \$SLURM_JOB_ID >>'$PWD/.git/builds'; '$PWD/.git/at' build; cp level built" --output=built \
		--on=node "$@" main c1 -- \
		"echo \$SLURM_JOB_ID >>'$PWD/.git/runs'; '$PWD/.git/at' bench; echo time \$(cat built) s" >../out
}

# run_until_stop: starts it in the background as $pid, a group of its own.
run_until_stop() {
	rm -f "$HOME/stopped" "$HOME/go"
	setsid git-perfbisect run >"$HOME/first" 2>"$HOME/first.err" &
	pid=$!
	wait_for "$HOME/stopped"
}

test_expect_success 'builds and boots are jobs, and the culprit is named' '
	(
		start_cluster plain &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		test_grep ! "^warning" ../err &&
		no_jobs &&
		jobs >../jobs &&
		test_grep ! -v COMPLETED ../jobs &&
		# A job is a build, or a boot of all its runs.
		test "$(sort -u .git/builds | wc -l)" = "$(wc -l <.git/builds)" &&
		test "$(sort -u .git/runs | wc -l)" = "$(sqlite3 .git/perf/perf.db "SELECT count(*) FROM boot")" &&
		test "$(sort -u .git/runs .git/builds | wc -l)" = "$(wc -l <../jobs)" &&
		find .git/perf -name "slurm-*" ! -name "*.nodes" >../left &&
		test_must_be_empty ../left
	)
'

for place in build bench
do
	test_expect_success "kill -9 in a $place: run finds the job, goes on with it, and submits no second one" '
		(
			start_cluster "killed-$place" &&
			echo "$place 3" >../stop &&
			run_until_stop &&
			kill -KILL $pid &&
			test_expect_code 137 wait $pid &&
			squeue --me --noheader --format="%i %T" >../before &&
			test_line_count = 1 ../before &&
			test_grep RUNNING ../before &&
			: >../go &&
			git perfbisect run >../out 2>../err &&
			first_bad c3 ../out &&
			test_grep ! "^warning" ../err &&
			test "$(sort -u .git/builds | wc -l)" = "$(wc -l <.git/builds)" &&
			# The run that went on when its tool was killed is a sample, and was not run again.
			test "$(wc -l <.git/runs)" = "$(sqlite3 .git/perf/perf.db "SELECT count(*) FROM sample")" &&
			cat .git/runs .git/builds >../seen &&
			test_grep -x "$(cut -d " " -f 1 ../before)" ../seen &&
			test "$(sort -u .git/runs .git/builds | wc -l)" = "$(jobs | awk -v last="$last" "\$1 > last" | wc -l)" &&
			no_jobs
		)
	'

	for signal in INT TERM
	do
		test_expect_success "SIG$signal in a $place cancels the job" '
			(
				start_cluster "$signal-$place" &&
				echo "$place 3" >../stop &&
				start_interruptible &&
				kill -s $signal $pid &&
				wait_for ../status &&
				no_jobs &&
				jobs | tail -n 1 >../actual &&
				test_grep CANCELLED ../actual &&
				: >../go &&
				git perfbisect run >../out 2>../err &&
				first_bad c3 ../out
			)
		'
	done

	test_expect_success "a job of a $place that somebody else cancels is tried again" '
		(
			start_cluster "cancelled-$place" &&
			echo "$place 3" >../stop &&
			run_until_stop &&
			rm -f ../stop &&
			scancel --me &&
			# It would end by itself if it were let go before that has come to its node.
			for try in $(seq 300)
			do
				jobs | grep CANCELLED >../cancelled && break
				sleep 0.1
			done &&
			: >../go &&
			wait $pid &&
			first_bad c3 ../first &&
			test_grep "^warning: .*the job [0-9]* was lost (CANCELLED); trying again\$" ../first.err &&
			git perfbisect log >../log &&
			test_grep ! "failed" ../log
		)
	'
done

test_done
