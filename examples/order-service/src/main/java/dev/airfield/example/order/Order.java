package dev.airfield.example.order;

import java.util.List;

/** An order, who gave it, and the pod that answered. */
public record Order(long id, List<String> items, User user, String servedBy) {
}
