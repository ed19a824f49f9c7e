export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
