package com.acme;

public class Library {}
