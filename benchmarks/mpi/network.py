#!/usr/bin/env python3
"""Four processes on four hosts that are not there: what a slow network does to a lattice, and what depth does about it.

Usage: network.py <kuramoto-mpi-benchmark> <slow_switch> [--delay US] [-N N] [--steps N] [--rounds N] [--repeats N]

Makes four network namespaces, each with a host name and an address of its own, and joins them by slow_switch, which
delays every frame. Open MPI takes them for four hosts and uses TCP between them. Prints, for ranks and depths, the
time of a step beside that of the model (model.py), the messages, and the share of the time that ranks are in MPI.
Removes what it made, also if it fails. Needs root, ip, unshare, /dev/net/tun and Open MPI.

Exit status: 0 if all cases were measured, or if something that this needs is not there, which is said; 2 for an error.

The four ranks share the processors of one machine. A rank that waits sleeps, so that others can compute: waiting
busily, as MPI does where every rank has a processor, would be measured as work.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

import model

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import verdict  # noqa: E402

HOSTS = 4
ADDRESS = "10.77.0."
OPEN_MPI = [
    "--allow-run-as-root", "--bind-to", "none",
    "--mca", "pml", "ob1", "--mca", "btl", "tcp,self",
    "--mca", "btl_tcp_if_include", ADDRESS + "0/24", "--mca", "oob_tcp_if_include", ADDRESS + "0/24",
    "--mca", "plm", "rsh", "--mca", "mpi_yield_when_idle", "1",
]  # fmt: skip


def missing():
    """What this needs and the machine lacks."""
    if os.geteuid() != 0:
        return "not root"
    for program in ("ip", "unshare", "mpirun"):
        if shutil.which(program) is None:
            return f"no {program}"
    if not pathlib.Path("/dev/net/tun").exists():
        return "no /dev/net/tun"
    return None


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


class Hosts:
    """The namespaces, the switch between them, and a stand-in for ssh."""

    def __init__(self, switch, delay):
        self.names = [f"kuramoto-{os.getpid()}-{k}" for k in range(1, HOSTS + 1)]
        self.switch = None
        self.folder = tempfile.TemporaryDirectory()
        try:
            for name in self.names:
                ip("netns", "add", name)
            self.switch = subprocess.Popen([switch, str(delay), *self.names], stdout=subprocess.PIPE, text=True)
            if self.switch.stdout.readline().strip() != "ready":
                raise verdict.Failure("slow_switch did not start")
            for k, name in enumerate(self.names, 1):
                ip("-n", name, "link", "set", "lo", "up")
                ip("-n", name, "link", "set", "slow0", "mtu", "9000", "up")
                ip("-n", name, "addr", "add", f"{ADDRESS}{k}/24", "dev", "slow0")
            self.remote_shell = pathlib.Path(self.folder.name) / "remote_shell"
            self.remote_shell.write_text(
                "#!/bin/sh\n"
                'k="${1##*.}"; shift\n'
                f'exec ip netns exec "kuramoto-{os.getpid()}-$k" unshare --uts '
                'sh -c \'hostname "$0"; eval "$1"\' "host$k" "$*"\n'
            )
            self.remote_shell.chmod(0o755)
        except BaseException:
            self.close()
            raise

    def run(self, ranks, command, limit=300):
        """The output of a program on the first so many hosts."""
        hosts = ",".join(f"{ADDRESS}{k}:1" for k in range(1, ranks + 1))
        mpirun = ["mpirun", *OPEN_MPI, "--mca", "plm_rsh_agent", str(self.remote_shell), "-n", str(ranks), "--host", hosts]
        on_first = ["ip", "netns", "exec", self.names[0], "unshare", "--uts", "sh", "-c", 'hostname host1; exec "$@"', "sh"]
        environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        done = subprocess.run(
            [*on_first, *mpirun, *command], env=environment, capture_output=True, text=True, timeout=limit, check=False
        )
        if done.returncode != 0:
            raise verdict.Failure(f"mpirun exited with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def close(self):
        for name in self.names:
            listed = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False)
            for process in listed.stdout.split():  # what a run that failed has left
                os.kill(int(process), signal.SIGKILL)
        if self.switch is not None:
            self.switch.terminate()
            self.switch.wait()
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        self.folder.cleanup()


PATTERNS = {
    "cell": r"ranks ([\d.]+) ns per cell-step",
    "latency": r"latency ([\d.]+) us",
    "bandwidth": r"([\d.]+) MB/s",
    "depth": r"([\d.e+]+) steps per sweep",
    "messages": r"([\d.e+]+) messages",
    "kilobytes": r"([\d.e+]+) kB",
    "step": r"per step: ([\d.]+) ms",
    "in_mpi": r"in MPI: ([\d.]+) %",
    "least_in_mpi": r"least ([\d.]+) %",
}


def numbers(output):
    return {name: float(re.search(pattern, output)[1]) for name, pattern in PATTERNS.items()}


def medians(samples):
    return {name: statistics.median(sample[name] for sample in samples) for name in PATTERNS}


def measure(hosts, options):
    """The cost of a cell in one process, and the medians of every case: all cases take turns."""
    program = [str(options.program), "--no-twin", "--sleep", "--steps", str(options.steps), "--rounds", str(options.rounds)]
    cases = [(layout, depth) for layout in ("2x2", "4x1") for depth in (1, 16, 0)]
    alone, samples = [], {case: [] for case in cases}
    for _ in range(options.repeats):
        alone.append(numbers(hosts.run(1, [*program, "-N", str(options.size // 2), "--depth", "16"])))
        for layout, depth in cases:
            command = [*program, "-N", str(options.size), "--ranks", layout, "--depth", str(depth)]
            samples[layout, depth].append(numbers(hosts.run(HOSTS, command)))
    return medians(alone)["cell"], {case: medians(of_case) for case, of_case in samples.items()}


def predicted(layout, measured, cell, options):
    """The model's time of a step, in ms. Ranks share the processors: each has a part of one."""
    rows, cols = (int(part) for part in layout.split("x"))
    block = model.Block(
        rows=options.size / rows,
        cols=options.size / cols,
        are_rows_cut=rows > 1,
        are_cols_cut=cols > 1,
        network=model.Network("measured", 1e-6 * measured["latency"], 1e6 * measured["bandwidth"]),
        cell=1e-9 * cell,
        workers=min(1, len(os.sched_getaffinity(0)) / HOSTS),
    )
    return 1e3 * block.step(measured["depth"])


def table(cell, cases, options):
    print(f"{options.size} x {options.size} cells of float32, {options.delay} us added to every frame; ", end="")
    print(f"one process alone: {cell:.3f} ns per cell-step\n")
    print("| ranks | depth | messages per 16 steps and rank | kB | ms per step | model | in MPI, mean (least) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for (layout, depth), case in cases.items():
        name = f"chosen: {case['depth']:.0f}" if depth == 0 else f"{depth}"
        print(
            f"| {layout} | {name} | {case['messages']:.4g} | {case['kilobytes']:.0f} | {case['step']:.2f} | "
            f"{predicted(layout, case, cell, options):.2f} | {case['in_mpi']:.0f} % ({case['least_in_mpi']:.0f} %) |"
        )
    latencies = sorted(case["latency"] for case in cases.values())
    bandwidths = sorted(case["bandwidth"] for case in cases.values())
    print(f"\nThe library measured latencies of {latencies[0]:.0f} to {latencies[-1]:.0f} us ", end="")
    print(f"and bandwidths of {bandwidths[0]:.0f} to {bandwidths[-1]:.0f} MB/s.")


def terminated(*_):
    """So that the hosts are removed."""
    raise verdict.Failure("terminated")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("switch", type=pathlib.Path)
    parser.add_argument("--delay", type=int, default=500, help="microseconds that a frame takes longer")
    parser.add_argument("-N", dest="size", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=160)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    options.program = options.program.resolve()
    lack = missing()
    if lack:
        print(f"skipped: {lack}")
        return
    signal.signal(signal.SIGTERM, terminated)
    hosts = Hosts(str(options.switch.resolve()), options.delay)
    try:
        table(*measure(hosts, options), options)
    finally:
        hosts.close()


if __name__ == "__main__":
    verdict.end(main)
