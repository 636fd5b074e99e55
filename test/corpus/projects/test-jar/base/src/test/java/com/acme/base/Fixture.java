package com.acme.base;

public class Fixture {}
