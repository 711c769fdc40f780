// Counts what is made of MPI and what is given back, in front of MPI's own functions (its profiling interface).
#include "handles.hpp"

#include <kuramoto/detail/mpi/api.hpp>

namespace {

int of_types = 0;
int of_communicators = 0;
int of_operations = 0;
int of_requests = 0;
int of_files = 0;

int counted(int status, int& count, int change) {
    if (status == MPI_SUCCESS) count += change;
    return status;
}

} // namespace

std::string handles_left() {
    const auto text = [](int count, const char* what) {
        return count == 0 ? std::string() : std::to_string(count) + " " + what + " ";
    };
    return text(of_types, "datatypes") + text(of_communicators, "communicators") + text(of_operations, "operations") +
           text(of_requests, "persistent requests") + text(of_files, "files");
}

extern "C" {

int MPI_Type_create_hvector(int count, int length, MPI_Aint stride, MPI_Datatype old, MPI_Datatype* made) {
    return counted(PMPI_Type_create_hvector(count, length, stride, old, made), of_types, 1);
}
int MPI_Type_contiguous(int count, MPI_Datatype old, MPI_Datatype* made) {
    return counted(PMPI_Type_contiguous(count, old, made), of_types, 1);
}
int MPI_Type_free(MPI_Datatype* type) { return counted(PMPI_Type_free(type), of_types, -1); }
int MPI_Comm_dup(MPI_Comm communicator, MPI_Comm* made) {
    return counted(PMPI_Comm_dup(communicator, made), of_communicators, 1);
}
int MPI_Comm_split(MPI_Comm communicator, int colour, int key, MPI_Comm* made) {
    const int status = PMPI_Comm_split(communicator, colour, key, made);
    return counted(status, of_communicators, *made != MPI_COMM_NULL ? 1 : 0);
}
int MPI_Comm_free(MPI_Comm* communicator) { return counted(PMPI_Comm_free(communicator), of_communicators, -1); }
int MPI_Op_create(MPI_User_function* function, int is_commutative, MPI_Op* made) {
    return counted(PMPI_Op_create(function, is_commutative, made), of_operations, 1);
}
int MPI_Op_free(MPI_Op* operation) { return counted(PMPI_Op_free(operation), of_operations, -1); }
int MPI_Send_init(const void* from, int count, MPI_Datatype type, int rank, int tag, MPI_Comm communicator,
                  MPI_Request* made) {
    return counted(PMPI_Send_init(from, count, type, rank, tag, communicator, made), of_requests, 1);
}
int MPI_Recv_init(void* to, int count, MPI_Datatype type, int rank, int tag, MPI_Comm communicator, MPI_Request* made) {
    return counted(PMPI_Recv_init(to, count, type, rank, tag, communicator, made), of_requests, 1);
}
int MPI_Request_free(MPI_Request* request) { return counted(PMPI_Request_free(request), of_requests, -1); }
int MPI_File_open(MPI_Comm communicator, const char* name, int mode, MPI_Info info, MPI_File* made) {
    return counted(PMPI_File_open(communicator, name, mode, info, made), of_files, 1);
}
int MPI_File_close(MPI_File* file) { return counted(PMPI_File_close(file), of_files, -1); }

} // extern "C"
