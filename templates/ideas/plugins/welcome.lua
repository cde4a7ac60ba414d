-- Rules say what YAML cannot. This one explains itself on the record's page.
on("idea.before_create", function(idea)
  if idea.gain and idea.cost and idea.gain < idea.cost then
    explain("%s costs more than it gains", idea.name)
  end
end)
