// busy: the policies while another process keeps one core busy, as on a shared machine. A lattice, and mean-field
// coupling, whose steps need all threads several times each.
#include "lattice.hpp"

#include <kuramoto/threads.hpp>

#include <csignal>
#include <stdexcept>
#include <string>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace suite {
namespace {

/// A process that keeps a core busy while this object lives, or this process. A shell: a copy of this process would
/// share its memory, so that each first write to a page copied it.
class BusyProcess {
  public:
    BusyProcess() {
        const std::string loop = "while kill -0 " + std::to_string(getpid()) + "; do :; done";
        std::string words[] = {"sh", "-c", loop};
        char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
        if (posix_spawnp(&process_, "sh", nullptr, nullptr, arguments, environ) != 0)
            throw std::runtime_error("no process could be started");
    }
    BusyProcess(const BusyProcess&) = delete;
    BusyProcess& operator=(const BusyProcess&) = delete;
    ~BusyProcess() {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }

  private:
    pid_t process_ = 0;
};

template <class T, class ModelOf, class P>
void add_case(const std::string& what, const P& policy, std::ptrdiff_t n, const ModelOf& model_of) {
    const std::int64_t steps = steps_for(n);
    add("busy/" + what + "/N:" + name(n) + "/" + name_of<T>, true, [=](benchmark::State& state) {
        Lattice<T> lattice(n);
        const auto model = model_of(lattice);
        const BusyProcess busy;
        for (auto _ : state) km::advance(policy, km::Euler{.dt = time_step}, model, lattice.theta, steps);
        count(state, static_cast<double>(n * n * steps));
    });
}

template <class T, class P> void add_policy(const std::string& policy_name, const P& policy) {
    for (const std::ptrdiff_t n : {512, 4000})
        add_case<T>("lattice/" + policy_name, policy, n, [](const Lattice<T>& lattice) {
            return km::Model{km::SineLaplacian{.K = coupling_strength}, lattice.omega};
        });
    for (const std::ptrdiff_t n : {300, 1000})
        add_case<T>("mean-field/" + policy_name, policy, n, [](const Lattice<T>& lattice) {
            return km::MeanFieldModel{km::MeanField{.K = coupling_strength}, lattice.omega};
        });
}

template <class T> void add_precision_of() {
    add_policy<T>("Fused", km::Fused{});
    add_policy<T>("OpenMP", km::OpenMP{});
    add_policy<T>("Threads", km::Threads{});
}

} // namespace

void add_busy() {
    add_precision_of<float>();
    add_precision_of<double>();
}

} // namespace suite
