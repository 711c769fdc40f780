// An Ethernet switch that takes its time: joins network namespaces of one machine, and delays every frame.
//
//     slow_switch DELAY_US NAMESPACE...
//
// Namespace k, counted from 1, gets the interface `slow0` with the hardware address 02:00:00:00:00:0k, which a TAP
// device carries to this process. Prints "ready" when all are there, and runs until it is killed: the interfaces then
// vanish. Needs root. Linux has tc-netem for this, but many kernels are built without it.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Frame {
    Clock::time_point due = {};
    std::size_t from = 0;
    std::vector<char> bytes = {};
};

[[noreturn]] void fail(const std::string& what) {
    std::perror(("slow_switch: " + what).c_str());
    std::exit(1);
}

/// The device that carries `slow0` of a namespace. This process stays in the namespace.
int port_in(const std::string& name, std::size_t number) {
    const int target = open(("/var/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
    if (target < 0 || setns(target, CLONE_NEWNET) != 0) fail("namespace " + name);
    close(target);
    const int port = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    ifreq request = {};
    std::strcpy(request.ifr_name, "slow0");
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (port < 0 || ioctl(port, TUNSETIFF, &request) != 0) fail("/dev/net/tun");
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    const std::array<char, 6> address = {2, 0, 0, 0, 0, static_cast<char>(number)};
    std::memcpy(request.ifr_hwaddr.sa_data, address.data(), address.size());
    if (ioctl(port, SIOCSIFHWADDR, &request) != 0) fail("hardware address");
    return port;
}

/// To the port that the frame's destination names; to all others if it is a broadcast.
void deliver(const Frame& frame, const std::vector<int>& ports) {
    const auto destination = static_cast<std::size_t>(static_cast<unsigned char>(frame.bytes[5]));
    const bool is_for_one = (frame.bytes[0] & 1) == 0;
    for (std::size_t k = 0; k < ports.size(); ++k)
        if (k != frame.from && (!is_for_one || k + 1 == destination))
            if (write(ports[k], frame.bytes.data(), frame.bytes.size()) < 0) continue; // lost, as in any network
}

/// Moves what has come to the end of `waiting`.
void take(std::size_t from, int port, Clock::duration delay, std::deque<Frame>& waiting) {
    static std::array<char, 1 << 16> buffer;
    for (;;) {
        const ssize_t size = read(port, buffer.data(), buffer.size());
        if (size < 14) return;
        waiting.push_back({Clock::now() + delay, from, {buffer.data(), buffer.data() + size}});
    }
}

timespec until(const Clock::time_point& due) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(due - Clock::now()).count();
    return {0, static_cast<long>(left > 0 ? left : 0)};
}

[[noreturn]] void run(const std::vector<int>& ports, Clock::duration delay) {
    std::vector<pollfd> events;
    for (const int port : ports) events.push_back({port, POLLIN, 0});
    std::deque<Frame> waiting; // all wait equally long: they are due in the order in which they came
    for (;;) {
        const timespec rest = waiting.empty() ? timespec{} : until(waiting.front().due);
        ppoll(events.data(), events.size(), waiting.empty() ? nullptr : &rest, nullptr);
        for (std::size_t k = 0; k < ports.size(); ++k)
            if ((events[k].revents & POLLIN) != 0) take(k, ports[k], delay, waiting);
        for (; !waiting.empty() && waiting.front().due <= Clock::now(); waiting.pop_front())
            deliver(waiting.front(), ports);
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count < 3) {
        std::fprintf(stderr, "usage: slow_switch DELAY_US NAMESPACE...\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, 15); // not longer than who started it
    prctl(PR_SET_TIMERSLACK, 1);
    const sched_param priority = {.sched_priority = 50}; // processes that wait busily must not delay frames
    if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0) std::perror("slow_switch: no real-time priority");
    std::vector<int> ports;
    for (int k = 2; k < count; ++k) ports.push_back(port_in(arguments[k], static_cast<std::size_t>(k - 1)));
    std::puts("ready");
    std::fflush(stdout);
    run(ports, std::chrono::microseconds(std::atol(arguments[1])));
}
