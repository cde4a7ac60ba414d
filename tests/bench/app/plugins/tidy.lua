-- A rule of twenty lines, as a company would have it: tidies a name, fills a region.
local regions = { Shanghai = "east", Beijing = "north", Shenzhen = "south" }

on("item.before_create", function(item)
  item.name = text.trim(item.name)
  if not item.region then
    for city, region in pairs(regions) do
      if item.company and string.find(item.company, city, 1, true) then
        item.region = region
        explain("region %s by the company's name", region)
        return
      end
    end
    item.region = "east"
    explain("no city in the company's name: east")
  end
end)
