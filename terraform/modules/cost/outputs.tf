output "estimate" {
  description = "as_of and region of the prices, the items (count, USD a month each, USD a month in all), total_usd over the items that have a price, surplus_usd that burstable machines bill on top at most, unpriced, the items that have none, with the instance types among them, and rates, USD for what is billed by use and has no amount before (null without a table)."
  value = {
    as_of   = local.book.as_of
    region  = var.region
    regions = keys(local.book.regions)
    items = [for i in local.items : {
      what      = i.what
      count     = i.count
      each_usd  = i.price
      month_usd = i.price == null ? null : i.count * i.price
    } if i.count > 0]
    rates          = merge(try(local.table.per_use_usd, null), { s3_gib_month = try(local.table.s3_gib_month_usd, null) })
    total_usd      = sum([for i in local.items : i.count > 0 && i.price != null ? i.count * i.price : 0])
    surplus_usd    = sum(local.surplus_usd)
    unpriced_types = distinct([for m in local.machines : m.type if m.count > 0 && local.hour_usd[m.type] == null])
    unpriced       = [for i in local.items : i.what if i.count > 0 && i.price == null]
  }
}
