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
test ! -e down || { echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1; }
for word
do
	case \$word in
	--jobs=*)
		test -e "\${word#*=}" || { echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }
		echo "\${word#*=}|\$(cat "\${word#*=}/state")|\$(cat "\${word#*=}/name")"
		;;
	--name=*)
		for id in \$(grep -l -x "\${word#*=}" */name 2>/dev/null)
		do
			echo "\${id%/name}|\$(cat "\${id%/name}/state")|\$(cat "\$id")"
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
	test "\$(cat \$id/state)" = RUNNING || exit 1
	echo CANCELLED >\$id/state
	kill -KILL -\$(cat \$id/pid)
done
EOS
PATH=$HOME/bin:$PATH

# The node: not below sbatch, since what that started would be ended with it.
node() {
	cd "$HOME/cluster" || exit 1
	while test -e "$HOME/bin/sbatch" && test ! -e ../over && sleep 0.05
	do
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
