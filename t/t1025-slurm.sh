#!/bin/sh

test_description='a machine that is a node of a Slurm cluster, with stand-ins for its commands'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

PATH=$HELPER_PATH:$PATH



# A job is a folder "cluster/<id>" with its name, its script, its state and its process, which is a
# session of its own. What the commands were given is in "calls".
mkdir bin cluster &&
write_script bin/sbatch <<-EOS &&
cd "$HOME/cluster" || exit 1
printf '<%s>' sbatch "\$@" >>../calls
echo >>../calls
test ! -e refuse || { echo "sbatch: error: invalid partition specified" >&2; exit 1; }
for word
do
	case \$word in
	--test-only)
		exit 0
		;;
	--job-name=*)
		name=\${word#*=}
		;;
	esac
done
id=\$((\$(ls | grep -c "^[0-9]") + 1))
mkdir \$id && cat >\$id/script && echo "\$name" >\$id/name && echo PENDING >\$id/state
echo "Welcome to the cluster"
echo "\$id;perf"
EOS
write_script bin/squeue <<-EOS &&
cd "$HOME/cluster" || exit 1
printf '<%s>' squeue "\$@" >>../calls
echo >>../calls
: >../asked
reason=\$(cat ../unavailable 2>/dev/null || echo None)
test ! -e down || { echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1; }
for word
do
	case \$word in
	--jobs=*)
		test -e "\${word#*=}" || { echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }
		echo "\${word#*=}|\$(cat "\${word#*=}/state")|\$(cat "\${word#*=}/name")|\$reason"
		;;
	--name=*)
		for id in \$(grep -l -x "\${word#*=}" */name 2>/dev/null)
		do
			echo "\${id%/name}|\$(cat "\${id%/name}/state")|\$(cat "\$id")|\$reason"
		done
		;;
	esac
done
EOS
write_script bin/scancel <<-EOS &&
cd "$HOME/cluster" || exit 1
printf '<%s>' scancel "\$@" >>../calls
echo >>../calls
name= ids=
for word
do
	case \$word in
	--name=*)
		name=\${word#*=}
		;;
	*)
		ids="\$ids \$word"
		;;
	esac
done
test -n "\$ids" || ids=\$(grep -l -x "\$name" */name | sed "s,/name,,")
for id in \$ids
do
	test -z "\$name" || test "\$(cat \$id/name)" = "\$name" || continue
	state=\$(cat \$id/state)
	test "\$state" = RUNNING || test "\$state" = PENDING || exit 1
	echo CANCELLED >\$id/state
	test "\$state" = PENDING || kill -KILL -\$(cat \$id/pid)
done
EOS
PATH=$HOME/bin:$PATH

# The node: not below sbatch, since what that started would be ended with it.
node() {
	cd "$HOME/cluster" || exit 1
	while test -e "$HOME/bin/sbatch" && test ! -e ../over && sleep 0.05
	do
		test ! -e ../late-file || test ! -e ../asked || { sleep 0.3; mv ../late-file "$(cat ../late-path)"; }
		test ! -e ../unavailable || continue
		for id in $(grep -l -x PENDING ./*/state 2>/dev/null)
		do
			id=${id%/state} &&
			echo RUNNING >"$id/state" &&
			{
				SLURM_JOB_NODELIST=$(cat ../node 2>/dev/null || echo n1) \
					setsid sh -c "echo \$\$ >\"\$0/pid\"; exec sh \"\$0/script\"" "$id"
				test "$(cat "$id/state")" != RUNNING || echo COMPLETED >"$id/state"
			} &
		done
	done
}
node >/dev/null 2>&1 </dev/null &
node_pid=$!
cleanup ': >"$HOME/over"; wait $node_pid'

# start_cluster <dir> <benchmark>: builds and boots are jobs.
start_cluster() {
	new_series "$1" 5 3 &&
	command=$2 &&
	shift 2 &&
	rm -rf ../cluster/[0-9]* ../calls &&
	git config perfsut.node.method slurm &&
	git config perfsut.node.poll 0.05 &&
	git config perfbuild.sut node &&
	git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="^time ([0-9.]+)" \
		--build "cp level built" --output=built --on=node "$@" main c1 -- "$command" >../out
}

test_expect_success 'builds and boots are jobs, and the culprit is named' '
	(
		start_cluster plain "echo time \$(cat built) s" &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		test_grep ! "^warning" ../err &&
		for try in $(seq 400)
		do
			grep -q RUNNING ../cluster/*/state || break
			sleep 0.05
		done &&
		cat ../cluster/*/state | sort -u >../actual &&
		echo COMPLETED >../expect &&
		test_cmp ../expect ../actual &&
		test_grep ! "^<scancel>" ../calls
	)
'

test_expect_success 'the first boot chooses the node, and the others are bound to it' '
	(
		cd plain &&
		grep "^<sbatch><--parsable>" ../calls >../submitted &&
		test_grep "<--nodelist=n1>\$" ../submitted &&
		cd .. &&
		start_cluster nodes "echo n\$(ls \"$HOME/cluster\" | wc -l) >\"$HOME/node\"; echo time \$(cat built) s" &&
		test_expect_code 3 git perfbisect run >../out 2>../err &&
		test_grep "^warning: paused: .*the job ran on n[0-9]*, those before on n1: numbers of different nodes" ../err
	)
'

test_expect_success 'a build or benchmark that fails in its job is the commit'\''s' '
	(
		start_cluster failing "test \$(cat number) != 3 || { echo out of luck >&2; exit 7; }; echo time \$(cat built) s" &&
		test_expect_code 2 git perfbisect run >../out 2>../err &&
		sqlite3 .git/perf/perf.db "SELECT class, detail FROM boot" >../log &&
		test_grep "the command ended with status 7: out of luck" ../log &&
		cd .. &&
		start_cluster unbuildable "echo time \$(cat built) s" \
			--build="test \$(cat number) != 3 || exit 5; cp level built" &&
		test_expect_code 2 git perfbisect run >../out 2>../err &&
		sqlite3 .git/perf/perf.db "SELECT class, detail FROM boot" >../log &&
		test_grep "the build ended with status 5" ../log
	)
'

test_expect_success 'a cluster that does not answer is asked again, then given up, and no commit is blamed' '
	(
		rm -f ../node &&
		start_cluster silent "echo time \$(cat built) s" &&
		: >../cluster/down &&
		test_expect_code 3 git perfbisect run >../out 2>../err &&
		test_grep "^warning: paused: .*squeue ended with status 1: .*Unable to contact slurm controller" ../err &&
		rm ../cluster/down &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out
	)
'

test_expect_success 'a job that is not taken stops the session before anything is measured' '
	(
		new_series refused 5 3 &&
		: >../cluster/refuse &&
		git config perfsut.node.method slurm &&
		{
			refused "sbatch --test-only ended with status 1: sbatch: error: invalid partition" \
				git perfbisect start --metric=x --on=node main c1 -- true
			status=$?
		} &&
		rm ../cluster/refuse &&
		test $status = 0
	)
'

test_expect_success 'the user'\''s commands run under the umask that the cluster gives to a job' '
	(
		start_cluster umask "umask >>\"$HOME/masks\"; echo time \$(cat built) s" \
			--build="umask >>\"$HOME/masks\"; cp level built" &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		umask >../expect &&
		sort -u ../masks >../actual &&
		test_cmp ../expect ../actual &&
		rm ../masks
	)
'

# start_bound <dir> <benchmark>: nothing is built.
start_bound() {
	new_series "$1" 5 3 &&
	rm -rf ../cluster/[0-9]* ../calls &&
	git config perfsut.node.method slurm &&
	git config perfsut.node.poll 0.05 &&
	git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="^time ([0-9.]+)" \
		--on=node main c1 -- "$2" >../out
}

# wait_for <command>...: until it succeeds, at most a minute.
wait_for() {
	for try in $(seq 600)
	do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}

test_expect_success 'a build that ended while nobody looked counts, also when its file is seen late' '
	(
		start_cluster late "echo time \$(cat built) s" \
			--build="echo \$PERF_COMMIT >>\"$HOME/builds\"; until test -e \"$HOME/go\"; do sleep 0.1; done; cp level built" &&
		{
			git-perfbisect run >../out 2>../err &
			run=$!
		} &&
		wait_for test -e ../builds &&
		kill -s KILL $run &&
		test_expect_code 137 wait $run &&
		: >../go &&
		wait_for grep COMPLETED ../cluster/1/state &&
		end=$(echo "$PWD"/.git/perf/bisect/log/slurm-build-*/end) &&
		echo "$end" >../late-path &&
		rm -f ../asked &&
		mv "$end" ../late-file &&
		git config -f .git/perf/bisect/context perfsut.node.poll 2 &&
		git perfbisect run >../out 2>../err &&
		sort ../builds | uniq -d >../actual &&
		test_must_be_empty ../actual &&
		first_bad c3 ../out
	)
'

test_expect_success 'whoever waits for a node that takes no jobs is told, and gives up in time' '
	(
		start_bound drained "mkdir \"$HOME/once\" 2>/dev/null && echo ReqNodeNotAvail >\"$HOME/unavailable\"; echo time \$(cat level) s" &&
		git config perfsut.node.queueTimeout 3 &&
		test_expect_code 3 git perfbisect run --progress >../out 2>../err &&
		test_grep "^warning: paused: node: perfsut.node.queueTimeout: after 3 s the job [0-9]* is PENDING (ReqNodeNotAvail), and has to run on n[0-9]*, as those before it; remove .*/slurm-[0-9a-f]*.nodes. to measure elsewhere\$" ../err &&
		test_grep "^anchor [0-9a-f]*: the job [0-9]* is PENDING (ReqNodeNotAvail), and has to" ../err &&
		echo CANCELLED >../expect &&
		cat ../cluster/*/state | sort -u | grep -v COMPLETED >../actual &&
		test_cmp ../expect ../actual &&
		rm ../unavailable &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out
	)
'

test_expect_success 'a command that is told to end, as before a preemption, is no fault of the commit'\''s' '
	(
		start_bound preempted "mkdir \"$HOME/made-room\" 2>/dev/null && kill -s TERM \$\$; echo time \$(cat level) s" &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		sqlite3 .git/perf/perf.db "SELECT class, detail FROM boot" >../log &&
		test_grep "^infrastructure|.*the command was ended by TERM" ../log &&
		test_grep ! "bench-failed" ../log
	)
'

test_expect_success 'a cluster that hangs does not keep an interrupted session from ending' '
	(
		start_bound hanging "echo >>\"$HOME/begun\"; sleep 300" &&
		git config perfsut.node.scancel "sh -c \"echo \\\$@ >>../cancelled; until test -e ../released; do sleep 0.1; done; scancel \\\$@\" sh" &&
		{
			git perfbisect run >../out 2>../err &
			run=$!
		} &&
		wait_for test -e ../begun &&
		kill -s TERM $run &&
		wait_for eval "! kill -0 $run" &&
		test_grep "^--name=perf-[0-9a-f]* [0-9]*\$" ../cancelled &&
		test_expect_code 143 wait $run &&
		: >../released &&
		wait_for eval "! grep -q RUNNING ../cluster/*/state"
	)
'

test_expect_success 'a limit that an answer ran into is the one that it was asked with' '
	(
		start_bound limits "mkdir \"$HOME/slow\" 2>/dev/null && sleep 100; echo time \$(cat level) s" &&
		context=.git/perf/bisect/context &&
		section=$(git config -f $context --name-only --get-regexp "^perfbench.*command") &&
		git config -f $context "${section%.command}.timeout" 2 &&
		{
			git-perfbisect run >../out 2>../err &
			run=$!
		} &&
		wait_for test -d ../slow &&
		kill -s KILL $run &&
		test_expect_code 137 wait $run &&
		git config -f $context "${section%.command}.timeout" 1000 &&
		git perfbisect run >../out 2>../err &&
		sqlite3 .git/perf/perf.db "SELECT detail FROM boot" >../log &&
		test_grep "the command took more than 2 s" ../log &&
		first_bad c3 ../out
	)
'

# A cluster that was set up anew counts from 1 again.
test_expect_success 'a job of somebody else that has the id now is neither taken nor cancelled' '
	(
		start_cluster reused "echo time \$(cat built) s" &&
		mkdir ../cluster/1 &&
		echo other >../cluster/1/name &&
		echo RUNNING >../cluster/1/state &&
		mkdir -p .git/perf/bisect/log &&
		printf "perf-%032d\n%s\n1" 7 other >.git/perf/bisect/log/slurm-build.job &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		echo RUNNING >../expect &&
		test_cmp ../expect ../cluster/1/state
	)
'

test_expect_success 'words of the user are a command, and no value becomes an option or is run' '
	(
		new_series hostile 5 3 &&
		rm -rf ../cluster/[0-9]* ../calls &&
		git config perfsut.node.method slurm &&
		git config perfsut.node.poll 0.05 &&
		git config perfsut.node.sbatch "sbatch --partition=\"a  b\"" &&
		echo "-n1;touch\${IFS}ran" >../node &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="^time ([0-9.]+)" \
			--on=node main c1 -- "echo time \$(cat level) s" >../out &&
		test_expect_code 3 git perfbisect run >../out 2>../err &&
		test_grep "which is no list of nodes" ../err &&
		rm ../node &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		test_grep ! "touch" ../calls &&
		find .. -name ran >../found &&
		test_must_be_empty ../found &&
		test_grep "^<sbatch><--partition=a  b><--parsable><--no-requeue><--output=/dev/null><--job-name=perf-[0-9a-f]*>" ../calls
	)
'

test_expect_success 'what a cluster cannot do is refused, with its key' '
	for value in "boot kexec" "host n1"
	do
		(
			git init -q refuse-keys 2>/dev/null; cd refuse-keys &&
			git config perfsut.m.method slurm &&
			git config "perfsut.m.${value% *}" "${value#* }" &&
			test-bench plan - perfbench.x.command=x perfbuild.image=i perfsut.m.method=slurm \
				"perfsut.m.${value% *}=${value#* }" >../out 2>../err
			test_grep "^fatal: perfsut.m: ${value% *}: " ../err
		) || return 1
	done &&
	test_expect_code 128 test-bench plan - perfbench.x.command=x perfbuild.sut=m perfsut.m.method=local 2>err &&
	test_grep "^fatal: perfbuild.sut: .m. is no machine with perfsut.<name>.method = slurm" err
'

test_done
