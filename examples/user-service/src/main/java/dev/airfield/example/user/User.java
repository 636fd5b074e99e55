package dev.airfield.example.user;

/** A user, and the pod that answered. */
public record User(long id, String name, String email, String servedBy) {
}
