package dev.airfield.example.shop.order;

public record Order(long id, String product, int quantity) {}
