// What a process sends, and how long it is in MPI. traffic.cpp puts itself between the library and MPI.
#pragma once

/// Of this process, since the last reset().
struct Traffic {
    double sweeps = 0;      ///< the largest number of times that a message was sent
    double messages = 0;    ///< point-to-point messages that this process sent in every sweep, in all
    double bytes = 0;       ///< of these messages
    double once = 0;        ///< messages that it sent only once: of fields that do not change
    double reductions = 0;  ///< calls of MPI_Allreduce
    double time_in_mpi = 0; ///< s: to start messages, to wait for them, to make them go on, and to reduce
};

/// The counters.
Traffic& traffic() noexcept;

/// Whether waiting processes sleep for 20 µs at a time. MPI itself never gives the processor away. That is right
/// where every process has a processor of its own, and wrong where they share some.
bool& sleeps_while_waiting() noexcept;
