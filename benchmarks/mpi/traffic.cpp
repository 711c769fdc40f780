// MPI's functions that the library calls while it advances, with a count of messages and a clock. Each of them does its
// work by its other name, PMPI_…, which MPI has for this purpose.
#include "traffic.hpp"

#include <kuramoto/detail/mpi/api.hpp>

#include <chrono>
#include <map>
#include <thread>

Traffic& traffic() noexcept {
    static Traffic counters;
    return counters;
}
bool& sleeps_while_waiting() noexcept {
    static bool sleeps = false;
    return sleeps;
}

namespace {

/// A message that is set up once, and may be sent many times.
struct Message {
    double bytes = 0;
    double sent = 0;
};
std::map<MPI_Request, Message>& messages() {
    static std::map<MPI_Request, Message> all;
    return all;
}

void count(const Message& message) {
    if (message.sent > traffic().sweeps) traffic().sweeps = message.sent;
    if (message.sent > 1) {
        traffic().messages += message.sent;
        traffic().bytes += message.sent * message.bytes;
    } else {
        traffic().once += message.sent;
    }
}

class Clock {
  public:
    Clock() : begin_(PMPI_Wtime()) {}
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    ~Clock() { traffic().time_in_mpi += PMPI_Wtime() - begin_; }

  private:
    double begin_;
};

int wait_for_all(int count, MPI_Request* requests, MPI_Status* statuses) {
    if (!sleeps_while_waiting()) return PMPI_Waitall(count, requests, statuses);
    for (;;) {
        int are_complete = 0;
        const int error = PMPI_Testall(count, requests, &are_complete, statuses);
        if (error != MPI_SUCCESS || are_complete != 0) return error;
        std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
}

} // namespace

extern "C" {

int MPI_Send_init(const void* cells, int count, MPI_Datatype type, int to, int tag, MPI_Comm communicator,
                  MPI_Request* request) {
    const int error = PMPI_Send_init(cells, count, type, to, tag, communicator, request);
    int size = 0;
    PMPI_Type_size(type, &size);
    messages()[*request] = {.bytes = static_cast<double>(size) * count};
    return error;
}

int MPI_Request_free(MPI_Request* request) {
    const auto message = messages().find(*request);
    if (message != messages().end()) {
        count(message->second);
        messages().erase(message);
    }
    return PMPI_Request_free(request);
}

int MPI_Startall(int count, MPI_Request* requests) {
    const Clock clock;
    for (int k = 0; k < count; ++k) {
        const auto message = messages().find(requests[k]);
        if (message != messages().end()) message->second.sent += 1;
    }
    return PMPI_Startall(count, requests);
}

int MPI_Waitall(int count, MPI_Request* requests, MPI_Status* statuses) {
    const Clock clock;
    return wait_for_all(count, requests, statuses);
}

int MPI_Testall(int count, MPI_Request* requests, int* are_complete, MPI_Status* statuses) {
    const Clock clock;
    return PMPI_Testall(count, requests, are_complete, statuses);
}

int MPI_Allreduce(const void* mine, void* all, int count, MPI_Datatype type, MPI_Op operation, MPI_Comm communicator) {
    const Clock clock;
    traffic().reductions += 1;
    if (!sleeps_while_waiting()) return PMPI_Allreduce(mine, all, count, type, operation, communicator);
    MPI_Request request = MPI_REQUEST_NULL;
    const int error = PMPI_Iallreduce(mine, all, count, type, operation, communicator, &request);
    return error != MPI_SUCCESS ? error : wait_for_all(1, &request, MPI_STATUSES_IGNORE);
}

int MPI_Sendrecv(const void* out, int out_count, MPI_Datatype out_type, int to, int out_tag, void* in, int in_count,
                 MPI_Datatype in_type, int from, int in_tag, MPI_Comm communicator, MPI_Status* status) {
    const Clock clock;
    if (!sleeps_while_waiting())
        return PMPI_Sendrecv(out, out_count, out_type, to, out_tag, in, in_count, in_type, from, in_tag, communicator,
                             status);
    MPI_Request requests[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
    PMPI_Irecv(in, in_count, in_type, from, in_tag, communicator, &requests[0]);
    PMPI_Isend(out, out_count, out_type, to, out_tag, communicator, &requests[1]);
    return wait_for_all(2, requests, MPI_STATUSES_IGNORE); // nobody here asks for the status
}

} // extern "C"
