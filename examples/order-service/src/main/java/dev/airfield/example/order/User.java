package dev.airfield.example.order;

/** A user as user-service tells it. */
public record User(long id, String name, String email, String servedBy) {
}
